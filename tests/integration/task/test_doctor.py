"""The doctor finds each kind of trouble, says what to do, and says nothing when there is none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from flask import Flask
from kombu import Connection

from conf.settings import BrokerSettings, RedisSettings, Settings
from kit.db.extension import db
from kit.domain.clock import utc_now
from task.app import make_celery
from task.doctor import queues
from task.doctor.command import examine_configuration
from task.doctor.finding import Finding, Weight
from task.doctor.queues import examine_queues
from task.doctor.servers import examine_broker, examine_clock, examine_database, examine_redis
from task.queues import DEAD_EXCHANGE, DEAD_QUEUE, EVENTS, QUEUES
from tests.support.brokers import virtual_host
from tests.support.databases import make_database
from tests.support.servers import Servers
from tests.support.testapp import make_app, test_settings

ROOT = Path(__file__).parents[3]
NOWHERE = "127.0.0.1:1"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = ("WECHAT", "DATABASE", "BROKER", "REDIS", "APP_", "JWT", "PUBLIC")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(settings)}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "autoapp", *command],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def only(findings: list[Finding]) -> tuple[Weight, str]:
    (finding,) = findings
    return finding.weight, finding.sentence


def with_redis(url: str) -> Settings:
    return test_settings(database_url="sqlite://", redis_url=url)


def test_a_fresh_shop_is_told_to_make_its_schema_and_then_is_well(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"

    before = run("doctor", DATABASE_URL=url)
    assert run("db", "upgrade", DATABASE_URL=url).returncode == 0
    after = run("doctor", DATABASE_URL=url)

    assert (before.returncode, after.returncode) == (1, 0), before.stdout + after.stdout + after.stderr
    assert "BAD   database: The schema is at nothing" in before.stdout
    assert "flask db upgrade" in before.stdout
    assert "ok    database: " in after.stdout
    assert after.stdout.endswith("nothing to be mended\n")


def test_production_without_anything_is_told_everything_at_once() -> None:
    answer = run("doctor", APP_ENV="production", DATABASE_URL=f"mysql+pymysql://nobody@{NOWHERE}/x")
    assert answer.returncode == 1
    for words in ("JWT_SECRET is a sample", "PUBLIC_URL must", "BROKER_URL must", "DATABASE_URL cannot be reached"):
        assert words in answer.stdout
    assert "nobody@" not in answer.stdout


def test_secrets_are_never_shown() -> None:
    answer = run("doctor", REDIS_URL=f"redis://:hunter2hunter2@{NOWHERE}/0", JWT_SECRET="s3cr3t-s3cr3t-s3cr3t")
    assert "BAD   redis" in answer.stdout
    assert "hunter2" not in answer.stdout + answer.stderr
    assert "s3cr3t" not in answer.stdout + answer.stderr


def test_sample_secret_is_worth_a_note_outside_production() -> None:
    findings = examine_configuration(Settings())
    assert [finding.weight for finding in findings] == [Weight.NOTE, Weight.NOTE]
    assert "sample" in findings[1].sentence


def test_a_folder_for_files_that_cannot_be_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"")
    answer = run("doctor", DATABASE_URL=f"sqlite:///{tmp_path}/shop.db", STORAGE_FOLDER=str(tmp_path / "files"))
    assert answer.returncode == 1
    assert f"BAD   storage: STORAGE_FOLDER cannot be a folder: {tmp_path}/files is a file; give it to" in answer.stdout


def test_serving_processes_in_production_are_refused_such_a_folder(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"")
    url = f"mysql+pymysql://nobody@{NOWHERE}/x"
    answer = run("ready", APP_ENV="production", DATABASE_URL=url, STORAGE_FOLDER=str(tmp_path / "files"))
    assert answer.returncode == 78
    assert "STORAGE_FOLDER cannot be a folder" in answer.stderr


@pytest.mark.mysql_only
def test_database_of_the_wrong_character_set_is_named(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if servers.database_url is None:
        pytest.skip("no MariaDB/MySQL: run `make test`, or `scripts/services start` and set TEST_DATABASE_URL")
    made = make_database("mysql", servers, "doctor", tmp_path_factory)
    app = make_app(test_settings(database_url=made.url))
    try:
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER DATABASE CHARACTER SET latin1")
        sentences = [finding.sentence for finding in examine_database(app)]
        with app.app_context():
            db.engine.dispose()
    finally:
        made.drop()
    assert any("character set is latin1: create it with CHARACTER SET utf8mb4" in sentence for sentence in sentences)
    assert any("flask db upgrade" in sentence for sentence in sentences)


@pytest.mark.parametrize(("minutes", "weight"), [(0, Weight.FINE), (5, Weight.BAD), (-5, Weight.BAD)])
def test_clock_is_compared_with_the_database_s(
    session_app: Flask, database_kind: str, minutes: int, weight: Weight
) -> None:
    found, sentence = only(examine_clock(session_app, now=lambda: utc_now() + timedelta(minutes=minutes)))
    if database_kind == "sqlite":
        assert (found, sentence) == (Weight.FINE, "SQLite runs on this machine's clock")
        return
    assert found is weight
    assert (re.search(r"(299|300)\.\d s apart", sentence) is not None and "chrony" in sentence) is (
        weight is Weight.BAD
    )


def test_database_that_is_away_is_reported_once(tmp_path: Path) -> None:
    app = make_app(test_settings(database_url=f"mysql+pymysql://nobody@{NOWHERE}/x"))
    assert "cannot be reached" in only(examine_database(app))[1]
    assert examine_clock(app) == []


def test_redis_is_a_stand_in_or_answers_or_does_not() -> None:
    stand_in = make_app(with_redis("memory://"))
    away = make_app(with_redis(f"redis://{NOWHERE}/0"))

    assert only(examine_redis(stand_in, with_redis("memory://")))[0] is Weight.NOTE
    # The stand-in answers as a server would.
    assert only(examine_redis(stand_in, with_redis("redis://elsewhere"))) == (Weight.FINE, "answers")
    weight, sentence = only(examine_redis(away, with_redis(f"redis://{NOWHERE}/0")))
    assert weight is Weight.BAD
    assert "check REDIS_URL" in sentence


def celery_on(url: str) -> tuple[Celery, Settings]:
    settings = replace(test_settings(database_url="sqlite://"), broker=BrokerSettings(url=url), redis=RedisSettings())
    return make_celery(make_app(settings), settings), settings


def test_broker_inside_the_process_has_no_queues_to_look_at() -> None:
    celery, settings = celery_on("memory://")
    assert only(examine_broker(celery, settings))[0] is Weight.NOTE
    assert examine_queues(celery, settings) == []


def test_broker_that_is_away_is_reported_once() -> None:
    celery, settings = celery_on(f"amqp://{NOWHERE}//")
    weight, sentence = only(examine_broker(celery, settings))
    assert weight is Weight.BAD
    assert "check BROKER_URL" in sentence
    assert examine_queues(celery, settings) == []


@pytest.fixture
def broker(servers: Servers) -> Iterator[str]:
    """A virtual host of this test's own."""
    if servers.broker_url is None:
        pytest.skip("no RabbitMQ: run `make test`, or `scripts/services start` and take its `env`")
    with virtual_host(servers.broker_url, servers.rabbitmqctl) as url:
        yield url


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


def test_queues_that_nobody_made_yet_are_no_trouble(broker: str) -> None:
    celery, settings = celery_on(broker)
    assert only(examine_broker(celery, settings)) == (Weight.FINE, "answers")
    findings = examine_queues(celery, settings)
    assert len(findings) == len(QUEUES) + 1
    assert {finding.weight for finding in findings} == {Weight.NOTE}
    with Connection(broker) as connection, connection.channel() as channel, pytest.raises(Exception, match="NOT_FOUND"):
        channel.queue_declare(EVENTS, passive=True)  # looking made nothing


def test_dead_letters_and_backlogs_are_counted(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    celery, settings = celery_on(broker)
    monkeypatch.setattr(queues, "BACKLOG", 2)
    with Connection(broker) as connection, connection.channel() as channel:
        for queue in (*QUEUES, DEAD_QUEUE):
            queue(channel).declare()
        assert by_subject(examine_queues(celery, settings))[DEAD_QUEUE.name].sentence == "0 dead letters"

        producer = connection.Producer(channel)
        for _ in range(2):
            producer.publish({}, exchange=DEAD_EXCHANGE.name, routing_key="")
        for _ in range(3):
            producer.publish({}, exchange=QUEUES[0].exchange, routing_key=EVENTS)
        listener = connection.channel()
        listener.basic_qos(0, 1, False)
        listener.basic_consume(QUEUES[1].name)
        for _ in range(50):
            found = by_subject(examine_queues(celery, settings))
            if found[EVENTS].weight is Weight.BAD and found[DEAD_QUEUE.name].sentence.startswith("2 "):
                break

    assert found[DEAD_QUEUE.name].weight is Weight.BAD
    assert "2 dead letters: flask --app autoapp queue dead" in found[DEAD_QUEUE.name].sentence
    assert found[EVENTS].sentence.startswith("3 messages wait for 0 workers: start more")
    assert (found[QUEUES[1].name].weight, found[QUEUES[1].name].sentence) == (Weight.FINE, "0 messages wait, 1 listen")
    assert found[QUEUES[2].name].weight is Weight.NOTE
