"""The services of docker-compose.yml as plain processes: their own commands, in a folder with what the image holds.

Translated: the addresses of the servers, WeChat to the simulator, ports. APP_ENV is test, since production refuses the
simulator's http addresses (test_stack.py shows that it does).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
import requests

from kit.wechat.simulator.client import SimulatorProcess
from scripts._services.ports import free_port
from tests.containers.compose import Compose, filled
from tests.containers.dockerfile import stages
from tests.containers.front import start_front
from tests.support.brokers import virtual_host
from tests.support.databases import make_database
from tests.support.processes import Child, Children, children
from tests.support.servers import Servers

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PASSWORD = "stack-0123456789-abcdefghijklmnop"
STAFF_LOGIN = ("manager", "qiyuan-stack-2026")
SERVING = ("web", "relay", "worker-events", "worker-payment", "worker-background", "beat")


@dataclass
class Stack:
    """One installation behind nginx at `url`."""

    compose: Compose
    image: Path
    processes: Children
    wechat: SimulatorProcess
    settings: dict[str, str]
    web_port: int
    redis: redis.Redis
    url: str = ""

    def environment(self, service: str) -> dict[str, str]:
        """What the container would have, with the translated settings on top."""
        kept = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
        image = {
            name: value
            for entry in stages((ROOT / "Dockerfile").read_text())[-1].all("ENV")
            for name, value in (pair.split("=", 1) for pair in entry.split())
        }
        own = {"HEARTBEAT_FILE": str(self.processes.folder / f"{service}.heartbeat")}
        return image | self.compose.environment(service) | self.settings | kept | own | {"PYTHONDONTWRITEBYTECODE": "1"}

    def start(self, service: str) -> None:
        """Its command, as compose would; ready once its health check says so."""
        command = self.compose.services[service]["command"]
        environment = self.environment(service)
        self.processes.start(
            service, command, environment=environment, cwd=self.image, ready=lambda _: self.healthy(service)
        )

    def child(self, service: str) -> Child:
        """Its process."""
        return self.processes.named(service)[-1]

    def run(self, *command: str, service: str = "migrate", stdin: str = "", **settings: str) -> tuple[int, str]:
        """A command that ends: its exit code, and what it wrote."""
        done = subprocess.run(
            command,
            cwd=self.image,
            env=self.environment(service) | settings,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def healthy(self, service: str, *, oldest_seconds: int | None = None) -> bool:
        """What its health check says; `oldest_seconds` in place of the allowed age of a heartbeat."""
        test = self.compose.services[service]["healthcheck"]["test"]
        command = [word.replace("127.0.0.1:8000", f"127.0.0.1:{self.web_port}") for word in test[1:]]
        if oldest_seconds is not None:
            command[-1] = str(oldest_seconds)
        return self.run(*command, service=service)[0] == 0

    def files(self) -> set[str]:
        """What lies in the image's folder."""
        return {str(path.relative_to(self.image)) for path in self.image.rglob("*")}


@contextmanager
def open_stack(servers: Servers, worker_id: str, temporary: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything prepared, migrated, filled and running, on free ports."""
    if servers.database_url is None or servers.broker_url is None or servers.rabbitmqctl is None:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            raise RuntimeError("REQUIRE_SERVICES=1, but MariaDB, RabbitMQ or TEST_RABBITMQCTL is missing")
        pytest.skip("no MariaDB and RabbitMQ: run `make test`, or `scripts/services start` and take its `env`")
    with ExitStack() as stack:
        database = make_database("mysql", servers, f"{worker_id}_{uuid.uuid4().hex[:8]}", temporary)
        stack.callback(database.drop)
        broker = stack.enter_context(virtual_host(servers.broker_url, servers.rabbitmqctl))
        wechat = stack.enter_context(SimulatorProcess(temporary.mktemp("wechat")))
        started = stack.enter_context(children(temporary.mktemp("stack")))
        web_port, redis_port = free_port(), free_port()
        text = (ROOT / "docker-compose.yml").read_text()
        values = {name: "x" for name, kind, _ in Compose(text).variables() if kind == ":?"}
        compose = Compose(filled(text, values | {"REDIS_PASSWORD": PASSWORD, "TASK_EVENTS": "true"}))
        redis_url = f"redis://:{PASSWORD}@127.0.0.1:{redis_port}/0"
        settings = wechat.settings | {
            "APP_ENV": "test",
            "DATABASE_URL": database.url,
            "REDIS_URL": redis_url,
            "BROKER_URL": broker,
            "JWT_SECRET": PASSWORD,
            "WEB_BIND": f"127.0.0.1:{web_port}",
        }
        client = redis.Redis.from_url(redis_url)
        stack.callback(client.close)
        made = Stack(compose, image(temporary.mktemp("image")), started, wechat, settings, web_port, client)
        _start(made, redis_port)
        yield made


def _start(stack: Stack, redis_port: int) -> None:
    command = [
        *stack.compose.services["redis"]["command"],
        "--port",
        str(redis_port),
        "--dir",
        str(stack.processes.folder),
    ]
    environment = {"PATH": os.environ["PATH"]}
    stack.processes.start(
        "redis", command, environment=environment, cwd=stack.processes.folder, ready=lambda _: _pings(stack.redis)
    ).wait_until_ready()
    upstream, front_port = f"127.0.0.1:{stack.web_port}", free_port()
    stack.settings["PUBLIC_URL"] = f"http://127.0.0.1:{front_port}"
    username, password = STAFF_LOGIN
    for command, typed in (
        (stack.compose.services["migrate"]["command"], ""),
        (["flask", "catalog", "import", str(ROOT / "scripts" / "demo" / "catalog.csv")], ""),
        (["flask", "staff", "create", username, "--name", "陈店长", "--password-stdin"], password + "\n"),
    ):
        code, said = stack.run(*command, stdin=typed)
        assert code == 0, said
    for service in SERVING:
        stack.start(service)
    stack.url = start_front(stack.processes, "nginx", upstream=upstream, front_proxy="192.0.2.1", port=front_port)
    for service in SERVING:
        stack.child(service).wait_until_ready(seconds=60)


def image(folder: Path) -> Path:
    """What the Dockerfile's last stage copies from the checkout, and nothing else."""
    for sources, target in stages((ROOT / "Dockerfile").read_text())[-1].copied():
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, folder / target)
    return folder


def _pings(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def get(url: str, **options: Any) -> requests.Response:
    """GET without proxies and with a time limit."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=10, **options)
