"""The shop as docker-compose.yml runs it, behind a real nginx: one day of it, and what the front must hold."""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from scripts._services.ports import free_port
from scripts.demo.journey import Journey
from tests.containers.front import answers, start_front
from tests.containers.stack import SERVING, STAFF_LOGIN, Stack, get, open_stack
from tests.factories.media_files import video
from tests.support.environments import environment_of
from tests.support.processes import until
from tests.support.servers import Servers

pytestmark = pytest.mark.timeout(240)
LIMIT = 30  # kit.api.throttle.TOKEN_ROUTES
BODY_LIMIT = 1_048_576


@pytest.fixture(scope="module")
def stack(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with open_stack(servers, worker_id, tmp_path_factory) as stack:
        yield stack


@pytest.fixture(scope="module")
def behind_proxy(stack: Stack) -> str:
    """A second nginx that believes the proxy in front of it, which is us."""
    return start_front(stack.processes, "nginx-behind", upstream=f"127.0.0.1:{stack.web_port}", front_proxy="127.0.0.1")


@pytest.fixture
def unthrottled(stack: Stack) -> Iterator[None]:
    stack.redis.flushdb()
    yield
    stack.redis.flushdb()


def test_a_day_of_the_shop_through_nginx_and_nothing_is_written_into_the_image(stack: Stack) -> None:
    said: list[str] = []
    before = stack.files()

    Journey(base_url=stack.url, wechat=stack.wechat.control, staff_login=STAFF_LOGIN, say=said.append).play()

    names = [step.partition(":")[0] for step in said]
    assert {"支付成功 paid", "取消订单 cancel", "迟到的钱 late money"} < set(names)
    assert names[-1] == "账目 books"
    assert stack.files() == before


@pytest.mark.parametrize("service", SERVING)
def test_every_service_is_healthy(stack: Stack, service: str) -> None:
    assert stack.healthy(service)


def test_a_relay_that_stands_still_is_not_healthy_and_recovers(stack: Stack) -> None:
    stack.child("relay").signal(signal.SIGSTOP)
    try:
        time.sleep(2.5)
        assert not stack.healthy("relay", oldest_seconds=2)
    finally:
        stack.child("relay").signal(signal.SIGCONT)
    until(lambda: stack.healthy("relay", oldest_seconds=2), seconds=60, what="the relay recovers")


@pytest.mark.parametrize("service", ["web", "relay", "worker-payment", "beat"])
def test_in_production_it_refuses_the_simulator_and_ends_with_78(stack: Stack, service: str) -> None:
    """One of each program; the workers differ in their queues only."""
    command = stack.compose.services[service]["command"]

    code, said = stack.run(*command, service=service, APP_ENV="production", WEB_BIND=f"127.0.0.1:{free_port()}")

    assert code == 78
    assert "PUBLIC_URL must start with https://" in said
    assert "WECHAT_PAY_URL must start with https://" in said


def test_the_other_workers_are_the_same_program(stack: Stack) -> None:
    workers = [service for service in SERVING if service.startswith("worker-")]
    programs = {tuple(stack.compose.services[service]["command"][:4]) for service in workers}
    assert programs == {("celery", "-A", "celery_worker", "worker")}


def tries(url: str, addresses: Iterator[str]) -> list[int]:
    """Statuses of as many logins as one address may try in two minutes, each naming the next of `addresses`."""
    with requests.Session() as session:
        session.trust_env = False
        return [
            session.post(
                f"{url}/api/v1/auth/login", json={"code": "wrong"}, headers={"X-Forwarded-For": address}, timeout=10
            ).status_code
            for address, _ in zip(addresses, range(2 * LIMIT + 1), strict=False)
        ]


def invented() -> Iterator[str]:
    """A new address each time."""
    return (f"203.0.113.{number}" for number in range(1, 255))


@pytest.mark.usefixtures("unthrottled")
def test_an_invented_x_forwarded_for_does_not_escape_the_throttle(stack: Stack) -> None:
    assert 429 in tries(stack.url, invented())


@pytest.mark.usefixtures("unthrottled")
def test_customers_behind_the_proxy_in_front_are_throttled_apart(behind_proxy: str) -> None:
    """The control of the test above: where the address is believed, no throttle is shared."""
    assert 429 not in tries(behind_proxy, invented())


@pytest.mark.usefixtures("unthrottled")
def test_what_a_customer_wrote_before_the_proxys_own_entry_is_not_believed(behind_proxy: str) -> None:
    assert 429 in tries(behind_proxy, (f"{address}, 198.51.100.7" for address in invented()))


def test_health_is_closed_from_outside_and_open_inside(stack: Stack, behind_proxy: str) -> None:
    for address in ("198.51.100.7", "127.0.0.1, 198.51.100.7", "10.0.0.1"):
        for path in ("/health", "/health/live", "/health/ready"):
            refused = get(behind_proxy + path, headers={"X-Forwarded-For": address})
            assert (refused.status_code, refused.json()["code"]) == (404, "kit.not_found")
    assert get(f"{stack.url}/health/ready").json()["status"] == "ok"


def test_a_body_that_is_too_large_is_refused_in_the_shops_words(stack: Stack) -> None:
    with requests.Session() as session:
        session.trust_env = False
        refused = session.post(f"{stack.url}/api/v1/cart/lines", data=b"x" * (BODY_LIMIT + 1), timeout=10)

    assert refused.status_code == 413
    assert refused.headers["Content-Type"].startswith("application/json")
    body = refused.json()
    assert body.keys() == {"code", "message", "errors", "request_id"}
    assert (body["code"], body["message"], body["errors"]) == ("kit.too_large", "请求内容过大", {})
    assert len(body["request_id"]) == 32


def test_a_body_of_the_limit_reaches_the_shop(stack: Stack) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(f"{stack.url}/callback/wechat/payment", data=b"x" * BODY_LIMIT, timeout=10)

    assert (answer.status_code, answer.json()["code"]) == (401, "FAIL")


def test_an_upload_may_be_larger_than_other_bodies_and_is_fetched_in_parts(stack: Stack) -> None:
    username, password = STAFF_LOGIN
    content = video(media=b"v" * (3 * BODY_LIMIT))
    with requests.Session() as session:
        session.trust_env = False
        login = {"username": username, "password": password}
        token = session.post(f"{stack.url}/admin/v1/auth/login", json=login, timeout=10).json()["access_token"]
        staff = {"Authorization": f"Bearer {token}"}
        files = {"file": ("cat.mp4", content, "video/mp4")}
        done = session.post(f"{stack.url}/admin/v1/media", files=files, headers=staff, timeout=30)
        refused = session.post(f"{stack.url}/admin/v1/categories", data=content, headers=staff, timeout=10)
    assert (done.status_code, refused.status_code) == (201, 413)
    part = get(f"{stack.url}/media/{done.json()['key']}", headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, content[1000:2000])
    assert part.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_one_connection_carries_many_requests_and_outlives_a_pause(stack: Stack) -> None:
    address = urlsplit(stack.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.connect()
    socket = connection.sock
    statuses = []
    for pause in (0, 0, 0, 2.9, 5.1, 0):  # around the ends of nginx's and gunicorn's idle connections
        time.sleep(pause)
        connection.request("POST", "/callback/wechat/payment", body=b"{}")
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    assert statuses == [401] * 6
    assert connection.sock is socket
    connection.close()


def test_without_web_nginx_asks_to_come_again_in_the_shops_words(stack: Stack) -> None:
    url = start_front(stack.processes, "nginx-alone", upstream=f"127.0.0.1:{free_port()}", front_proxy="192.0.2.1")

    answer = get(f"{url}/api/v1/products")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "kit.unavailable"


def test_flower_shows_the_tasks_to_whoever_logs_in_and_obeys_nobody_else(stack: Stack) -> None:
    bin_folder = environment_of("flower.txt").parent
    port, login = free_port(), ("operator", "flower-0123456789")
    command = [word.replace("5555", str(port)) for word in stack.compose.services["flower"]["command"]]
    environment = stack.compose.environment("flower") | {
        "CELERY_BROKER_URL": stack.settings["BROKER_URL"],
        "FLOWER_BASIC_AUTH": ":".join(login),
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "HOME": str(stack.processes.folder),
    }
    code, said = stack.run(*command, FLOWER_BASIC_AUTH="", PATH=environment["PATH"])
    assert (code, "FLOWER_BASIC_AUTH" in said) == (78, True)

    url = f"http://127.0.0.1:{port}"
    stack.processes.start(
        "flower",
        command,
        environment=environment,
        cwd=stack.processes.folder,
        ready=lambda _: answers(f"{url}/healthcheck"),
    ).wait_until_ready(seconds=60)

    assert get(f"{url}/healthcheck").text == "OK"
    assert get(f"{url}/api/tasks").status_code == 401
    assert get(f"{url}/api/tasks", auth=("operator", "guess")).status_code == 401
    # The timers run every five seconds.
    seen = "payment.apply_notices"
    until(lambda: seen in get(f"{url}/api/tasks", auth=login).text, seconds=60, what=f"{seen} in Flower")
    (worker,) = {task["worker"] for task in get(f"{url}/api/tasks", auth=login).json().values() if task["worker"]}
    asked = requests.post(f"{url}/api/worker/pool/grow/{worker}", auth=login, timeout=20)
    # Workers answer no inspection, so Flower knows none that it could command.
    assert (asked.status_code, "Unknown worker" in asked.text) == (404, True)


def test_nginx_says_nothing_about_itself(stack: Stack) -> None:
    assert get(f"{stack.url}/").headers["Server"] == "nginx"
