"""Servers as private processes of the installed packages: own folder, own loopback ports, own passwords."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from .. import programs
from ..failures import ServicesFailure
from ..interrupts import undisturbed
from ..launch import Launch
from ..state import Server, State
from . import mariadb, rabbitmq, redis

_RECIPES = {"mariadb": mariadb, "redis": redis, "rabbitmq": rabbitmq}


class NativeProvider:
    def __init__(self, state: State) -> None:
        self._state = state

    def start(self, names: Sequence[str]) -> None:
        """All at once. If one fails or the developer interrupts, everything this call started is ended again."""
        programs.ensure(names)
        launch = Launch(self._state)
        fresh = [name for name in names if not self._can_restart(name)]
        for name in fresh:
            self._plan(name)
        ours = [name for name in names if not self._state.servers[name].alive]
        pool = ThreadPoolExecutor(max_workers=len(names))
        try:
            coming = [pool.submit(self._bring_up, self._state.servers[name], launch) for name in names]
            for finished in wait(coming, return_when=FIRST_EXCEPTION).done:
                finished.result()
        except BaseException:
            with undisturbed():
                launch.abandon()
                pool.shutdown(wait=True)
                self.end(ours)
                for name in fresh:
                    self._state.forget(name)
            raise
        finally:
            pool.shutdown(wait=True)
            self._state.save()

    def end(self, names: Sequence[str]) -> None:
        """The files stay, and with them ports and passwords: `start` brings the same servers back."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._end_processes, [self._state.servers[name] for name in names]))
        self._state.save()

    def remove(self, names: Sequence[str]) -> None:
        self.end(names)
        for name in names:
            self._clear(self._state.servers[name])
            self._state.forget(name)

    def pause(self, name: str) -> None:
        server = self._alive(name)
        server.processes[-1].pause()

    def resume(self, name: str) -> None:
        server = self._alive(name)
        server.processes[-1].resume()

    def is_up(self, server: Server) -> bool:
        return server.ready and server.alive

    def _alive(self, name: str) -> Server:
        server = self._state.servers[name]
        if not server.alive:
            raise ServicesFailure(f"{name} is not running")
        return server

    def _folder(self, server: Server) -> Path:
        return self._state.folder / server.name

    def _can_restart(self, name: str) -> bool:
        server = self._state.servers.get(name)
        return server is not None and server.ready and self._folder(server).is_dir()

    def _plan(self, name: str) -> None:
        """A new folder, in place of what a killed `start` may have left."""
        if left := self._state.servers.get(name):
            self._end_processes(left)
            self._clear(left)
        server = _RECIPES[name].plan()
        self._clear(server)
        self._folder(server).mkdir(mode=0o700)
        self._state.servers[name] = server
        self._state.save()

    def _bring_up(self, server: Server, launch: Launch) -> None:
        if server.alive:
            server.processes[-1].resume()
        else:
            self._end_processes(server)  # RabbitMQ may have died and left its epmd
            _RECIPES[server.name].launch(server, self._folder(server), launch)
        launch.until_answering(server, self._folder(server))
        if not server.ready:
            _RECIPES[server.name].prove(server, self._folder(server), launch)
            server.ready = True
            self._state.save()

    def _end_processes(self, server: Server) -> None:
        for process in reversed(server.processes):
            if server.ready:
                process.end(patience=10)
            else:  # it has nothing to lose, and a node that still boots would not listen
                process.kill()
        server.processes.clear()

    def _clear(self, server: Server) -> None:
        shutil.rmtree(self._folder(server), ignore_errors=True)
        if elsewhere := server.settings.get("socket_folder"):
            shutil.rmtree(elsewhere, ignore_errors=True)
