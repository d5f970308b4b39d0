"""docker-compose.yml, read as compose would; every rule has a file that breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from conf.settings import described
from task.queues import GROUPS, QUEUES
from tests.containers import compose as rules
from tests.containers.commands import complaint
from tests.containers.compose import Compose, filled
from tests.containers.test_dockerfiles import gunicorn_variables

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = (ROOT / ".env.compose.example").read_text()
COMPOSE = Compose(TEXT)
# Shown with a value that is an example or the image's, not the default of conf/settings.py.
EXAMPLES = {"DOCS_EXPOSED", "MAIL_SENDER", "WECHAT_PAY_PLATFORM_CERT_FILE"}


def of_queues(compose: Compose) -> Iterator[str]:
    return rules.problems_of_queues(compose, [queue.name for queue in QUEUES])


def of_variables(compose: Compose, example: str = EXAMPLE) -> Iterator[str]:
    settings = {variable for variable, _ in described()}
    return rules.problems_of_variables(compose, example, settings, gunicorn_variables())


RULES = (
    rules.problems_of_health,
    rules.problems_of_images,
    rules.problems_of_secrets,
    of_queues,
    of_variables,
    rules.problems_of_keys,
)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_wrong_with_it(rule: Callable[[Compose], Iterator[str]]) -> None:
    assert list(rule(COMPOSE)) == []


@pytest.mark.parametrize(
    ("rule", "line", "replacement", "found"),
    [
        (RULES[0], "healthcheck: *heartbeat\n\n  # Four", "healthcheck: {disable: true}\n\n  # Three", "relay has no"),
        (RULES[0], "web: {condition", "webb: {condition", "nginx waits for webb, which does not exist"),
        (RULES[0], "service_completed_successfully", "service_healthy", "waits for migrate to be service_healthy"),
        (RULES[1], "redis:7.4-alpine", "redis:latest", "redis:latest is not pinned"),
        (RULES[1], "mysql:8.4", "mysql", "mysql is not pinned"),
        (RULES[2], "${JWT_SECRET:?set JWT_SECRET}", "${JWT_SECRET:-easy}", "JWT_SECRET has a default"),
        (RULES[2], "${JWT_SECRET:?set JWT_SECRET}", "easy", "JWT_SECRET is written down"),
        (RULES[2], '"127.0.0.1:${HTTP_PORT', '"${HTTP_PORT', "to the world"),
        (RULES[3], '"qiyuan.payment"', '"qiyuan.events"', "qiyuan.events is consumed by 2 services"),
        (RULES[3], '"qiyuan.payment"', '"qiyuan.events"', "qiyuan.payment is consumed by 0 services"),
        (RULES[3], ",qiyuan.timers", ",qiyuan.timer", "qiyuan.timer is no queue of ours"),
        (RULES[4], "    MAIL_HOST:\n", "", "web: MAIL_HOST is a setting, and an operator cannot set it"),
        (RULES[4], "    MAIL_HOST:\n", "", "MAIL_HOST is in .env.compose.example, and nobody reads it"),
        (RULES[4], "    MAIL_HOST:\n", "    MAIL_HOST:\n    MAIL_HOTS:\n", "MAIL_HOTS is not in .env.compose.example"),
        (RULES[4], "    MAIL_HOST:\n", "    MAIL_HOST:\n    MAIL_HOTS:\n", "web: nobody reads MAIL_HOTS"),
        (RULES[4], "TRUSTED_PROXIES:", "TRUSTED_PROXY:", "nobody reads TRUSTED_PROXY"),
        (RULES[4], "${DOCS_EXPOSED", "${DOCS_SHOWN", "DOCS_SHOWN is not in .env.compose.example"),
        (RULES[4], "${DOCS_EXPOSED", "${DOCS_SHOWN", "DOCS_EXPOSED is in .env.compose.example, and nobody reads it"),
        (RULES[5], "    MAIL_HOST:\n", "    MAIL_HOST:\n    SHOP_NAME:\n", "SHOP_NAME is written twice"),
        (RULES[5], "    image: redis:7.4-alpine\n", "    image: redis:7.4-alpine\n" * 2, "image is written twice"),
    ],
)
def test_a_broken_one_is_noticed(
    rule: Callable[[Compose], Iterator[str]], line: str, replacement: str, found: str
) -> None:
    assert line in TEXT
    assert [sentence for sentence in rule(Compose(TEXT.replace(line, replacement))) if found in sentence] != []


@pytest.mark.parametrize("spoiled", ["# JWT_SECRET=", "JWT_SECRET=easy"])
def test_an_example_that_does_not_ask_for_a_secret_is_noticed(spoiled: str) -> None:
    example = EXAMPLE.replace("\nJWT_SECRET=", f"\n{spoiled}")
    assert list(of_variables(COMPOSE, example)) == ["JWT_SECRET must be asked for, empty and not commented out"]


def test_an_example_that_shows_a_variable_twice_is_noticed() -> None:
    assert list(of_variables(COMPOSE, f"{EXAMPLE}# MAIL_HOST=\n")) == ["MAIL_HOST is in .env.compose.example twice"]


@pytest.mark.parametrize("name", COMPOSE.ours)
def test_its_command_and_its_health_check_can_start(name: str, commands_app: Flask) -> None:
    service = Compose(filled(TEXT, {variable: "1" for variable, *_ in COMPOSE.variables()})).services[name]

    assert complaint(service["command"], commands_app) is None
    if name not in rules.RUNS_ONCE:
        assert complaint(service["healthcheck"]["test"][1:], commands_app) is None


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (["gunicornn", "autoapp:app"], "is not a program of base.txt"),
        (["ruff", "check"], "ruff is not a program of base.txt"),
        (["gunicorn", "autoapp:application"], "there is no autoapp:application"),
        (["flask", "relais"], "no such command: relais"),
        (["flask", "db", "upgraid"], "no such command: db upgraid"),
        (["celery", "-A", "celery_werker", "worker"], "there is no celery_werker.py"),
        (["celery", "-A", "celery_worker", "worker", "--concurency", "2"], "no such option: --concurency"),
        (["python", "-m", "task.heartbeet", "30"], "there is no module task.heartbeet"),
    ],
)
def test_a_command_that_cannot_start_is_noticed(command: list[str], found: str, commands_app: Flask) -> None:
    assert found in (complaint(command, commands_app) or "")


def test_each_group_of_queues_has_the_worker_of_its_name() -> None:
    assert COMPOSE.queues() == {f"worker-{group}": list(queues) for group, queues in GROUPS.items()}


def test_the_groups_hold_every_queue_once() -> None:
    grouped = [queue for queues in GROUPS.values() for queue in queues]
    assert sorted(grouped) == sorted(queue.name for queue in QUEUES)


def test_events_share_a_worker_with_nothing_that_calls_wechat() -> None:
    assert len(GROUPS["events"]) == len(GROUPS["payment"]) == 1


def test_every_serving_process_is_the_same_image_with_the_same_settings() -> None:
    services = COMPOSE.ours
    assert {"web", "relay", "beat", "migrate"} < services.keys()
    assert {service["image"] for service in services.values()} == {"qiyuan:${QIYUAN_VERSION:-0.1.0}"}
    assert {str(service["environment"]) for service in services.values()} == {str(services["web"]["environment"])}
    assert services["web"]["environment"]["APP_ENV"] == "production"


@pytest.mark.parametrize(("variable", "item"), [*described()])
def test_what_the_example_shows_of_a_setting_is_its_default(variable: str, item: Any) -> None:
    shown = dict(re.findall(r"(?m)^# (\w+)=(.+)$", EXAMPLE)).get(variable)
    if shown is not None and variable not in EXAMPLES:
        assert shown == (str(item.default).lower() if isinstance(item.default, bool) else str(item.default))


def test_volumes_that_are_used_are_declared_and_the_other_way_round() -> None:
    mounted = [str(volume).split(":")[0] for s in COMPOSE.services.values() for volume in s.get("volumes", [])]
    named = {name for name in mounted if re.fullmatch(r"\w+", name)}
    assert named == set(COMPOSE.document["volumes"])
    assert [name for name in mounted if name.startswith("./") and not (ROOT / name).exists()] == []


def test_flower_runs_only_when_asked_for_and_only_with_a_login() -> None:
    flower = COMPOSE.services["flower"]
    assert flower["profiles"] == ["flower"]
    assert [name for name, service in COMPOSE.services.items() if "flower" in service.get("depends_on", {})] == []
    assert "exit 78" in flower["command"][-1]


def test_nginx_lets_go_of_a_connection_before_gunicorn_does() -> None:
    """Otherwise a POST on a connection that gunicorn is just closing is answered 502."""
    nginx = re.search(r"keepalive_timeout (\d+)s;", (ROOT / "conf" / "nginx.conf").read_text())
    gunicorn = re.search(r"(?m)^keepalive = (\d+)$", (ROOT / "gunicorn.conf.py").read_text())
    assert nginx is not None
    assert gunicorn is not None
    assert int(nginx[1]) < int(gunicorn[1])
