"""gunicorn -k eventlet, in the environment of requirements/eventlet.txt, really serves the shop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.wechat.simulator.client import SimulatorControl, SimulatorProcess
from scripts._services.ports import free_port
from scripts.demo.client import ShopClient
from tests.containers.front import answers
from tests.support.databases import make_database
from tests.support.environments import environment_of
from tests.support.processes import Children, children
from tests.support.servers import Servers
from tests.support.testapp import JWT_SECRET

ROOT = Path(__file__).parents[2]
AT_ONCE = 8
SLOW_SECONDS = 1.0

pytestmark = pytest.mark.timeout(360)  # the first run installs the environment


@dataclass
class Shop:
    """A database with goods, and processes with either Python over it."""

    python: Path
    environment: dict[str, str]
    processes: Children
    wechat: SimulatorControl

    def flask(self, *arguments: str) -> None:
        command = [str(self.python), "-m", "flask", "--app", "autoapp", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, timeout=60)

    def serve(self, worker: str, python: Path) -> str:
        """One worker of this class; its address."""
        port = free_port()
        command = [str(python), "-m", "gunicorn", "autoapp:app", "-k", worker, "--workers=1"]
        # gunicorn turns a sync worker with several threads into gthread.
        environment = self.environment | {
            "WEB_BIND": f"127.0.0.1:{port}",
            "WEB_THREADS": "1",
            "WECHAT_MAX_CALLS": "100",
        }
        url = f"http://127.0.0.1:{port}"
        self.processes.start(
            worker, command, environment=environment, ready=lambda _: answers(f"{url}/health/live")
        ).wait_until_ready(seconds=60)
        return url


@contextmanager
def opened(servers: Servers, worker_id: str, temporary: pytest.TempPathFactory) -> Iterator[Shop]:
    kind = "mysql" if servers.database_url else "sqlite"
    database = make_database(kind, servers, f"eventlet_{worker_id}", temporary)
    with SimulatorProcess(temporary.mktemp("wechat")) as wechat, children(temporary.mktemp("eventlet")) as started:
        environment = wechat.settings | {
            "PATH": os.environ["PATH"],
            "HOME": str(started.folder),
            "APP_ENV": "test",
            "DATABASE_URL": database.url,
            "JWT_SECRET": JWT_SECRET,
            "RATE_LIMITS": "false",
            "PUBLIC_URL": "http://127.0.0.1",
        }
        yield Shop(environment_of("eventlet.txt"), environment, started, wechat.control)
    database.drop()


@pytest.fixture(scope="module")
def shop(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with opened(servers, worker_id, tmp_path_factory) as shop:
        shop.flask("db", "upgrade")
        shop.flask("catalog", "import", str(ROOT / "scripts" / "demo" / "catalog.csv"))
        yield shop


@pytest.fixture(scope="module")
def url(shop: Shop) -> str:
    return shop.serve("eventlet", shop.python)


@pytest.fixture
def slow_wechat(shop: Shop) -> Iterator[SimulatorControl]:
    """Logins are answered a second late."""
    shop.wechat.weather("slow", prefix="/sns", times=None, seconds=SLOW_SECONDS)
    yield shop.wechat
    shop.wechat.clear_weather()


def log_in(url: str, code: str) -> ShopClient:
    client = ShopClient(url)
    client.use_token(client.call("POST", "/api/v1/auth/login", json={"code": code})["access_token"])
    return client


def seconds_for_logins(url: str, wechat: SimulatorControl, count: int) -> float:
    """How long `count` customers wait who log in at the same moment."""
    codes = [wechat.login_code(wechat.create_user()["openid"]) for _ in range(count)]
    started = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda code: log_in(url, code), codes))
    return time.monotonic() - started


def test_login_list_order_and_prepay(shop: Shop, url: str) -> None:
    customer = log_in(url, shop.wechat.login_code(shop.wechat.create_user()["openid"]))
    products = customer.get("/api/v1/products", limit=5)["items"]
    details = [customer.get(f"/api/v1/products/{product['id']}") for product in products]
    sku = next(sku for detail in details for sku in detail["skus"] if sku["in_stock"])
    address = customer.post(
        "/api/v1/addresses",
        {
            "receiver": "林小满",
            "phone": "13800138000",
            "province": "浙江省",
            "city": "杭州市",
            "district": "西湖区",
            "detail": "文三路 90 号",
        },
    )
    items = [{"sku_id": sku["id"], "quantity": 2}]
    quote = customer.post("/api/v1/orders/quote", {"items": items})
    body = {"items": items, "address_id": address["id"], "confirmed_payable_fen": quote["payable_fen"]}

    order = customer.post("/api/v1/orders", body)
    parameters = customer.post(f"/api/v1/orders/{order['no']}/payment")

    assert (order["status"], order["payable_fen"]) == ("pending_payment", quote["payable_fen"])
    assert quote["goods_fen"] == 2 * sku["price_fen"]
    assert shop.wechat.request_payment(parameters)["result"] == "ok"


def test_requests_that_wait_for_wechat_overlap(url: str, slow_wechat: SimulatorControl) -> None:
    seconds = seconds_for_logins(url, slow_wechat, AT_ONCE)
    assert SLOW_SECONDS <= seconds < SLOW_SECONDS * AT_ONCE / 2


def test_in_a_worker_that_serves_one_at_a_time_they_do_not(shop: Shop, slow_wechat: SimulatorControl) -> None:
    """The control: what overlaps above is the worker's doing."""
    url = shop.serve("sync", Path(sys.executable))
    assert seconds_for_logins(url, slow_wechat, 3) >= 3 * SLOW_SECONDS


def test_sockets_and_locks_are_green_before_the_shop_is_imported(shop: Shop) -> None:
    """What stays unpatched would stop every other request of the process while it waits."""
    probe = ROOT / "tests" / "eventlet" / "patched.py"
    config = ["-c", str(ROOT / "gunicorn.conf.py"), "--pythonpath", str(probe.parent)]
    port = free_port()
    command = [str(shop.python), "-m", "gunicorn", *config, "-k", "eventlet", "--workers=1", "patched:app"]
    environment = shop.environment | {"WEB_BIND": f"127.0.0.1:{port}"}
    url = f"http://127.0.0.1:{port}"
    shop.processes.start(
        "patched", command, environment=environment, ready=lambda _: answers(f"{url}/")
    ).wait_until_ready(seconds=60)

    assert ShopClient(url).get("/") == {"socket": True, "thread": True, "time": True, "sqlalchemy_before": False}
