"""A shop of its own for a test: database, virtual host, Redis index, and the processes that production has."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, create_engine, text

from tests.support.brokers import PrivateServers, virtual_host
from tests.support.databases import make_database
from tests.support.prepare import prepare
from tests.support.processes import ROOT, Child, Children, children
from tests.support.servers import Servers
from tests.support.testapp import JWT_SECRET

COMMAND_SECONDS = 60
_SERVING = "serving on "
CATALOG = ROOT / "scripts" / "demo" / "catalog.csv"


@dataclass
class Shop:
    """One installation. `environment` is all its processes know."""

    environment: dict[str, str]
    children: Children
    engine: Engine
    url: str = ""
    listening: socket.socket | None = field(default=None, repr=False)

    def web(self, *, workers: int = 2) -> Child:
        """gunicorn, as in production. The socket is ours from the start: nobody can take its port."""
        assert self.listening is not None
        descriptor = self.listening.fileno()
        command = ["gunicorn", "autoapp:app", f"--bind=fd://{descriptor}", f"--workers={workers}"]
        command += ["--worker-class=gthread", "--threads=4", "--no-control-socket", "--graceful-timeout=3"]
        web = self._start("web", command, lambda _: self._answers(), pass_fds=(descriptor,))
        # From here on gunicorn alone holds the socket: once it is gone, callers are refused instead of kept waiting.
        self.listening.close()
        return web

    def embedded(self, *, port: int = 0) -> Child:
        """Everything in one process, on this port or a free one."""
        shop = self._start(
            "shop", ["flask", "--app", "autoapp", "shop", "run", f"--port={port}"], _serves
        ).wait_until_ready()
        self.url = shop.log.read_text().partition(_SERVING)[2].split()[0]
        return shop

    def worker(
        self, *, entry: str = "celery_worker", concurrency: int = 2, queues: Sequence[str] = (), **settings: str
    ) -> Child:
        """`entry` is the module with the Celery app, no `queues`: all; `settings` are added to the environment."""
        options = [
            f"--concurrency={concurrency}",
            "--without-mingle",
            "--without-gossip",
            "--hostname",
            f"{uuid.uuid4().hex}@test",
        ]
        if queues:
            options.append(f"--queues={','.join(queues)}")
        command = ["celery", "--quiet", "-A", entry, "worker", *options]
        return self._start("worker", command, lambda worker: worker.says("@test ready."), **settings)

    def beat(self) -> Child:
        """The timers."""
        command = ["celery", "--quiet", "-A", "celery_worker", "beat"]
        return self._start("beat", command, lambda beat: beat.says("beat: Starting"))

    def relay(self) -> Child:
        """The outbox's way to the broker."""
        command = ["flask", "--app", "autoapp", "relay"]
        return self._start("relay", command, lambda relay: relay.says("relay running"))

    def open(self) -> None:
        """Everything running that production runs."""
        self.worker()
        self.relay()
        self.beat()
        self.web()
        self.children.wait_until_ready()

    def flask(self, *arguments: str, stdin: str = "") -> str:
        """Run a command; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "autoapp", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"flask {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """What the database says now."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query), parameters).mappings()]

    def value(self, query: str, **parameters: Any) -> Any:
        """The one value of the one row."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), parameters).scalar_one()

    def execute(self, statement: str, *rows: Mapping[str, Any]) -> None:
        """Change the database behind the shop's back."""
        with self.engine.connect() as connection:
            connection.execute(text(statement), list(rows) or None)

    def _start(
        self,
        name: str,
        command: list[str],
        ready: Callable[[Child], bool],
        pass_fds: tuple[int, ...] = (),
        **settings: str,
    ) -> Child:
        environment = self.environment | settings
        return self.children.start(
            name, [sys.executable, "-m", *command], environment=environment, ready=ready, pass_fds=pass_fds
        )

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/health/live", timeout=1).ok
        except requests.RequestException:
            return False


def _serves(shop: Child) -> bool:
    return shop.says(_SERVING)


@contextmanager
def open_embedded_shop(folder: Path, *, staff: tuple[str, str] | None = None) -> Iterator[Shop]:
    """A shop with goods and an administrator (name and password) on SQLite and ``memory://``."""
    file = folder / "shop.db"
    environment = _nothing_but(
        DATABASE_URL=f"sqlite:///{file}", REDIS_URL="memory://", BROKER_URL="memory://", PUBLIC_URL="http://127.0.0.1"
    )
    with ExitStack() as stack:
        engine = create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        shop = Shop(environment, stack.enter_context(children(folder)), engine)
        prepare(f"sqlite:///{file}", catalog=CATALOG, staff=staff)
        yield shop


def _nothing_but(**settings: str) -> dict[str, str]:
    """The environment of all processes: nothing of the developer's own settings leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    common = {"APP_ENV": "test", "JWT_SECRET": JWT_SECRET, "RATE_LIMITS": "false", "WECHAT_STAND_IN": "true"}
    return kept | common | settings | {"PYTHONUNBUFFERED": "1"}


@contextmanager
def open_shop(
    servers: Servers,
    worker_id: str,
    temporary: pytest.TempPathFactory,
    *,
    catalog: bool = False,
    staff: tuple[str, str] | None = None,
    private: PrivateServers | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Shop]:
    """A shop on a database of its own, its schema current; its processes end with the block.

    With `catalog` it has goods, with `staff` (name and password) an administrator.

    Redis and RabbitMQ are those of `private`, or an index and a virtual host on the shared ones.
    """
    if servers.database_url is None or servers.redis_url is None or servers.broker_url is None:
        pytest.skip("no MariaDB, Redis and RabbitMQ: run `make test`, or `scripts/services start` and take its `env`")
    with ExitStack() as stack:
        database = make_database("mysql", servers, f"{worker_id}_{uuid.uuid4().hex[:8]}", temporary)
        stack.callback(database.drop)
        engine = create_engine(database.url, isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        near = private or servers
        environment = _nothing_but(
            DATABASE_URL=database.url,
            REDIS_URL=_own_index(near.redis_url or "", worker_id),
            BROKER_URL=stack.enter_context(virtual_host(near.broker_url or "", near.rabbitmqctl)),
            PUBLIC_URL=url,
        )
        started = stack.enter_context(children(temporary.mktemp("shop")))
        shop = Shop(environment | dict(settings or {}), started, engine, url, listening)
        prepare(database.url, catalog=CATALOG if catalog else None, staff=staff)
        yield shop


def _own_index(redis_url: str, worker_id: str) -> str:
    """From the last index downwards: the first ones are emptied by the other tests of each worker."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    return f"{redis_url.rstrip('/')}/{15 - number % 8}"
