"""What runs, remembered between two calls in state.json (it holds passwords: readable by its owner alone)."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .failures import ServicesFailure
from .processes import Process


@dataclass
class Server:
    name: str
    provider: str
    """environment, docker or native"""
    url: str
    version: str = ""
    ready: bool = False
    """It has answered once, so that its files are whole and worth keeping over a restart."""
    processes: list[Process] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port is not None, self.url
        return port

    @property
    def password(self) -> str:
        return urlsplit(self.url).password or ""

    @property
    def alive(self) -> bool:
        return bool(self.processes) and all(process.alive for process in self.processes)


class State:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: dict[str, Server] = {}
        self._writing = threading.Lock()
        self.load()

    @property
    def file(self) -> Path:
        return self.folder / "state.json"

    def load(self) -> None:
        try:
            stored = json.loads(self.file.read_text())
            self.servers = {name: _server(entry) for name, entry in stored["servers"].items()}
        except FileNotFoundError:
            self.servers = {}
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ServicesFailure(f"{self.file} is damaged ({error}): end its servers and delete it") from error

    def save(self) -> None:
        """In one step: a reader sees the old state or the new one."""
        with self._writing:
            stored = {"servers": {name: asdict(server) for name, server in self.servers.items()}}
            draft = self.file.with_suffix(".new")
            write_private(draft, json.dumps(stored, indent=2) + "\n")
            draft.replace(self.file)

    def forget(self, name: str) -> None:
        if self.servers.pop(name, None):
            self.save()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One `start` or `stop` at a time; the state is read anew, as the one before us has changed it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.load()
            yield


def _server(entry: dict[str, Any]) -> Server:
    return Server(**{**entry, "processes": [Process(**process) for process in entry["processes"]]})


def write_private(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Never readable by others, not even for the moment before a chmod."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
