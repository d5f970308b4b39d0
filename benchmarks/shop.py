"""Installations to measure: a database of their own with goods, and their processes pinned to the servers' core."""

from __future__ import annotations

import csv
import os
import shlex
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.cores import pinned
from kit.wechat.simulator.client import SimulatorProcess
from scripts._services.ports import free_port
from scripts._services.virtual_host import virtual_host

ROOT = Path(__file__).parents[1]
_START_SECONDS = 30
_STOCK = "100000"


@dataclass
class Installation:
    """One shop. `environment` is all its processes know; `core` is where they run."""

    environment: dict[str, str]
    folder: Path
    core: int
    wechat: SimulatorProcess
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def serve(
        self, target: str = "autoapp:app", *, worker: str = "gthread", threads: int = 4, python: str = "", port: int = 0
    ) -> int:
        """gunicorn with one worker process; its port, a free one unless given."""
        port = port or free_port()
        command = [python or sys.executable, "-m", "gunicorn", target, "-k", worker, "--workers=1"]
        command += ["--worker-connections=256"]
        environment = self.environment | {"WEB_BIND": f"127.0.0.1:{port}", "WEB_THREADS": str(threads)}
        # The worker classes are compared, not our bound on threads that wait for WeChat.
        environment["WECHAT_MAX_CALLS"] = "100"
        process = self.start(command, environment)
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{shlex.join(command)} does not serve; see {self.folder / 'processes.log'}")
            time.sleep(0.05)
        return port

    def start(self, command: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """A process that runs until the end."""
        with (self.folder / "processes.log").open("ab") as log, pinned(self.core):
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment or self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def flask(self, *arguments: str) -> None:
        """A command that ends."""
        command = [sys.executable, "-m", "flask", "--app", "autoapp", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, timeout=120)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """It and what it forked."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in self.processes:
            self.stop(process)


@contextmanager
def installed(folder: Path, core: int, wechat: SimulatorProcess) -> Iterator[Installation]:
    """A migrated shop with goods, on the servers of TEST_DATABASE_URL and its like, or on the embedded default."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        servers = {
            "DATABASE_URL": stack.enter_context(_database(folder)),
            "REDIS_URL": _redis(),
            "BROKER_URL": stack.enter_context(_broker()),
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        ours = {"APP_ENV": "test", "RATE_LIMITS": "false", "LOG_LEVEL": "WARNING", "JWT_SECRET": uuid.uuid4().hex * 2}
        made = Installation(kept | wechat.settings | ours | servers, folder, core, wechat)
        stack.callback(made.end)
        made.flask("db", "upgrade")
        made.flask("catalog", "import", str(_catalogue(folder)))
        yield made


def _catalogue(folder: Path) -> Path:
    """The demo's goods with so much stock that no run ends it."""
    with (ROOT / "scripts" / "demo" / "catalog.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.reader(source))
    column = rows[0].index("库存")
    target = folder / "catalog.csv"
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([rows[0], *([*row[:column], _STOCK, *row[column + 1 :]] for row in rows[1:])])
    return target


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{folder / 'shop.db'}"
        return
    name = f"qiyuan_bench_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        engine.dispose()


def _redis() -> str:
    server = os.environ.get("TEST_REDIS_URL")
    return f"{server.rstrip('/')}/14" if server else "memory://"


@contextmanager
def _broker() -> Iterator[str]:
    """A virtual host of its own; without RabbitMQ the relay delivers by itself."""
    server, control = os.environ.get("TEST_BROKER_URL"), os.environ.get("TEST_RABBITMQCTL")
    if not (server and control):
        yield "memory://"
        return
    with virtual_host(server, control, purpose="bench") as url:
        yield url


def _answers(port: int) -> bool:
    try:
        requests.get(f"http://127.0.0.1:{port}/", timeout=2)
    except requests.RequestException:
        return False
    return True
