"""The verbs of `scripts/services` over three servers, wherever each of them comes from."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from . import docker
from .docker import DockerProvider
from .failures import NoAnswer, ServersUnavailable, ServicesFailure
from .kinds import KINDS
from .native import NativeProvider
from .state import Server, State


class Provider(Protocol):
    def start(self, names: Sequence[str]) -> None: ...
    def end(self, names: Sequence[str]) -> None: ...
    def remove(self, names: Sequence[str]) -> None: ...
    def pause(self, name: str) -> None: ...
    def resume(self, name: str) -> None: ...
    def is_up(self, server: Server) -> bool: ...


class Fleet:
    def __init__(self, state: State, environment: Mapping[str, str]) -> None:
        self._state = state
        self._environment = environment
        self._providers: dict[str, Provider] = {"docker": DockerProvider(state), "native": NativeProvider(state)}

    def start(self, names: Sequence[str]) -> None:
        began = time.monotonic()
        with self._state.locked():
            before = [name for name in names if self._adopt(name) or self._already_answers(name)]
            coming = [name for name in names if name not in before]
            for provider, theirs in self._by_provider(coming).items():
                self._providers[provider].start(theirs)
        for name in names:
            server = self._state.servers[name]
            print(f"{name} {server.version} at {server.address}: {'already running' if name in before else 'started'}")
        if coming:
            print(f"ready after {time.monotonic() - began:.1f} s")

    def stop(self, names: Sequence[str]) -> None:
        """Without names everything goes, the data too; a server stopped by name keeps its port, password and files."""
        if not self._state.folder.is_dir():
            return
        with self._state.locked():
            for name in names:
                self._ours(name)
            if names:
                for provider, theirs in self._by_provider(names).items():
                    self._providers[provider].end(theirs)
            else:
                self._remove_everything()

    def _remove_everything(self) -> None:
        for key, provider in self._providers.items():
            provider.remove([name for name, server in self._state.servers.items() if server.provider == key])
        self._state.servers.clear()
        self._state.file.unlink(missing_ok=True)

    def pause(self, names: Sequence[str]) -> None:
        with self._state.locked():
            for name in names:
                self._providers[self._ours(name).provider].pause(name)

    def resume(self, names: Sequence[str]) -> None:
        with self._state.locked():
            for name in names:
                self._providers[self._ours(name).provider].resume(name)

    def status(self, names: Sequence[str]) -> bool:
        """Prints one line per server; True if all answer."""
        answering = [self._report(name) for name in names]
        return all(answering)

    def environment_lines(self) -> list[str]:
        """For the shell to eval; raises unless everything runs (a paused server does run)."""
        servers = [server for name in KINDS if (server := self._known(name)) and self._is_up(server)]
        if down := KINDS.keys() - {server.name for server in servers}:
            raise ServicesFailure(f"not running: {', '.join(sorted(down))} (scripts/services start)")
        lines = [_export(KINDS[server.name].variable, server.url) for server in servers]
        controls = [server.settings["rabbitmqctl"] for server in servers if "rabbitmqctl" in server.settings]
        return lines + [_export("TEST_RABBITMQCTL", control) for control in controls]

    def _report(self, name: str) -> bool:
        server = self._known(name)
        if server is None:
            print(f"{name:9} not started")
            return False
        try:
            version, answer = KINDS[name].answer(server.url, 2.0), "answering"
        except NoAnswer as reason:
            version, answer = "", f"NOT ANSWERING: {_condition(server) or reason}"
        print(f"{name:9} {version or server.version or '?':32} {server.address:22} {_provenance(server):36} {answer}")
        return bool(version)

    def _known(self, name: str) -> Server | None:
        """What the environment names comes before what we remember."""
        url = self._environment.get(KINDS[name].variable)
        recorded = self._state.servers.get(name)
        if url and (recorded is None or recorded.url != url):
            return Server(name, "environment", url)
        return recorded

    def _is_up(self, server: Server) -> bool:
        if server.provider == "environment":
            return _answer(server) is not None
        return self._providers[server.provider].is_up(server)

    def _ours(self, name: str) -> Server:
        server = self._known(name)
        if server is None:
            raise ServicesFailure(f"{name} is not running")
        if server.provider == "environment":
            raise ServicesFailure(f"{name} is named by {KINDS[name].variable}: not ours to touch")
        return server

    def _adopt(self, name: str) -> bool:
        """Takes a server the environment names as it is. True if there is one."""
        server = self._known(name)
        if server is None or server.provider != "environment":
            return False
        named = f"{KINDS[name].variable} names {server.address}"
        recorded = self._state.servers.get(name)
        if recorded and recorded.provider in self._providers:
            raise ServicesFailure(
                f"{named}, but {name} at {recorded.address} was started here: unset the one or stop the other"
            )
        try:
            server.version = KINDS[name].answer(server.url, 5.0)
        except NoAnswer as reason:
            hint = "unset the variable to have one started here"
            raise ServersUnavailable(f"{named}, which does not answer: {reason}\n{hint}") from reason
        server.ready = True
        self._state.servers[name] = server
        self._state.save()
        return True

    def _already_answers(self, name: str) -> bool:
        server = self._state.servers.get(name)
        return server is not None and self._is_up(server) and _answer(server) is not None

    def _by_provider(self, names: Sequence[str]) -> dict[str, list[str]]:
        """A server stays where it is; a new one comes from Docker if its engine runs, else from installed packages."""
        recorded = {name: self._state.servers[name].provider for name in names if name in self._state.servers}
        new = [name for name in names if name not in recorded]
        provider = "docker" if new and docker.is_available() else "native"
        where = recorded | dict.fromkeys(new, provider)
        shares = {key: [name for name in names if where[name] == key] for key in self._providers}
        return {key: share for key, share in shares.items() if share}


def _answer(server: Server) -> str | None:
    try:
        return KINDS[server.name].answer(server.url, 2.0)
    except NoAnswer:
        return None


def _condition(server: Server) -> str | None:
    if any(process.paused for process in server.processes):
        return "paused"
    return "stopped" if server.provider == "native" and not server.alive else None


def _provenance(server: Server) -> str:
    if server.provider == "environment":
        return f"named by {KINDS[server.name].variable}"
    if server.provider == "docker":
        return "Docker"
    return f"own process, pid {server.processes[-1].pid}" if server.alive else "own process"


def _export(variable: str, value: str) -> str:
    return f"export {variable}={shlex.quote(value)}"
