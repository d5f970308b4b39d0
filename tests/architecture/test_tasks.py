"""Every task somebody asks for exists, and every queue somebody names is consumed."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest
from celery import Celery
from flask import Flask

from conf.settings import Settings
from kit.queue.delivery_task import DELIVER
from task import queues
from task.app import make_celery
from task.schedule import SCHEDULE
from tests.architecture.sources import Source, sources


@pytest.fixture(scope="module")
def celery() -> Celery:
    """The configured Celery app, connected to nothing."""
    made = make_celery(Flask("architecture"), Settings())
    made.finalize()
    return made


def registered(celery: Celery) -> set[str]:
    """Names of our tasks."""
    return {name for name in celery.tasks if not name.startswith("celery.")}


def enqueued(source: Source, constants: dict[str, object]) -> list[tuple[str, object]]:
    """(place, task name) of every `enqueue(...)`; a name that cannot be read from source is None.

    `self.name` is the task that is running, which exists.
    """
    found: list[tuple[str, object]] = []
    for call in source.walk(ast.Call):
        if not (isinstance(call.func, ast.Name) and call.func.id == "enqueue"):
            continue
        task = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "task"), None)
        place = f"{source.name}:{call.lineno}"
        if isinstance(task, ast.Constant):
            found.append((place, task.value))
        elif isinstance(task, ast.Name):
            found.append((place, constants.get(task.id)))
        elif not (isinstance(task, ast.Attribute) and ast.unparse(task) == "self.name"):
            found.append((place, None))
    return found


def _constants(source: Source) -> dict[str, object]:
    return vars(importlib.import_module(source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")))


def test_every_enqueued_name_is_a_registered_task(celery: Celery) -> None:
    names = [
        item
        for source in sources("backend", "kit", "task")
        if "enqueue(" in source.text
        for item in enqueued(source, _constants(source))
    ]
    assert len(names) >= 2
    assert [(place, name) for place, name in names if name not in registered(celery)] == []


def test_every_scheduled_name_is_a_registered_task(celery: Celery) -> None:
    assert [entry["task"] for entry in SCHEDULE.values() if entry["task"] not in registered(celery)] == []


def test_scheduled_messages_expire_after_one_interval() -> None:
    assert [name for name, entry in SCHEDULE.items() if entry["options"]["expires"] != entry["schedule"]] == []


def test_every_task_takes_arguments_of_newer_versions(celery: Celery) -> None:
    """Messages wait in queues across deployments: an unknown argument must not kill the task."""

    def open_ended(name: str) -> bool:
        parameters = inspect.signature(celery.tasks[name].run).parameters.values()
        return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters) and not any(
            parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD) for parameter in parameters
        )

    assert [name for name in registered(celery) if not open_ended(name)] == []


def test_every_task_goes_to_a_queue_that_workers_consume(celery: Celery) -> None:
    consumed = {queue.name for queue in celery.conf.task_queues}
    assert {queues.queue_of(name) for name in registered(celery)} <= consumed


def test_every_queue_named_is_consumed_or_the_dead_letter_queue(celery: Celery) -> None:
    named = {value for value in vars(queues).values() if isinstance(value, str) and value.startswith("qiyuan.")}
    assert named == {queue.name for queue in celery.conf.task_queues}
    assert queues.DEAD_QUEUE.name not in named


def test_every_consumed_queue_is_a_quorum_queue_with_a_delivery_limit(celery: Celery) -> None:
    for queue in celery.conf.task_queues:
        limits = {name: queue.queue_arguments[name] for name in ("x-queue-type", "x-delivery-limit")}
        assert limits == {"x-queue-type": "quorum", "x-delivery-limit": 5}, queue.name


def test_what_cannot_be_worked_on_is_kept_except_for_timers(celery: Celery) -> None:
    """A timer's message is asked for again anyway."""
    keeping = {queue.name for queue in celery.conf.task_queues if "x-dead-letter-exchange" in queue.queue_arguments}
    assert keeping == {queue.name for queue in celery.conf.task_queues} - {queues.TIMERS}


def test_scheduled_messages_go_to_a_queue_that_workers_consume(celery: Celery) -> None:
    consumed = {queue.name for queue in celery.conf.task_queues}
    assert {entry["options"]["queue"] for entry in SCHEDULE.values()} <= consumed


def test_dead_letter_queue_hangs_on_the_dead_letter_exchange() -> None:
    assert queues.DEAD_QUEUE.exchange.name == "qiyuan.dead"


def test_events_and_payments_do_not_wait_for_each_other() -> None:
    assert (
        len({queues.queue_of(DELIVER), queues.queue_of("payment.check_attempt"), queues.queue_of("kit.sweep_claims")})
        == 3
    )


@pytest.mark.parametrize(
    ("snippet", "name"),
    [
        ('enqueue("no.such_task", order_id=1)', "no.such_task"),
        ("enqueue(TASK, order_id=1)", "from.constant"),
        ("enqueue(task=TASK)", "from.constant"),
        ("enqueue(UNKNOWN)", None),
        ('enqueue("a" + b)', None),
    ],
)
def test_name_of_an_enqueued_task_is_read_from_source(snippet: str, name: str | None) -> None:
    assert enqueued(Source("some.py", snippet), {"TASK": "from.constant"}) == [("some.py:1", name)]
