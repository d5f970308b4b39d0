"""Commands around the queue: the relay, the embedded shop, dead letters, and the simulator of WeChat."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click
from celery import Celery
from flask import Flask
from flask.cli import AppGroup
from flask_migrate import upgrade
from kombu import Connection, Message, Producer

from conf.settings import Settings
from kit.api.health import Probe, add_probe
from task.app import broker_answers
from task.doctor.command import doctor_command
from task.embedded import background, serve_until_interrupted, web_server
from task.queues import DEAD_QUEUE, EXCHANGE
from task.readiness import refuse_unready
from task.relaying import RelayLoop


def add_commands(app: Flask, celery: Celery, settings: Settings) -> None:
    """Add the commands, and the health probe of the broker."""
    if not settings.is_embedded:
        add_probe(app, Probe("broker", lambda: broker_answers(celery), vital=False))
    app.cli.add_command(_relay_command(app, celery, settings))
    app.cli.add_command(_ready_command(app, settings))
    app.cli.add_command(doctor_command(app, celery, settings))
    app.cli.add_command(_shop_group(app, celery, settings))
    app.cli.add_command(_queue_group(celery))
    if not settings.is_production:
        app.cli.add_command(_wechat_group())


def _relay_command(app: Flask, celery: Celery, settings: Settings) -> click.Command:
    @click.command("relay", help="Move the outbox to the broker and apply payment notices, until SIGTERM.")
    def relay() -> None:
        refuse_unready(app, settings)
        loop = RelayLoop(app, celery)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.stop.set())
        loop.run()

    return relay


def _ready_command(app: Flask, settings: Settings) -> click.Command:
    @click.command("ready", help="Say whether serving processes may start; exit code 78 when they must not.")
    def ready() -> None:
        refuse_unready(app, settings)

    return ready


def _shop_group(app: Flask, celery: Celery, settings: Settings) -> click.Group:
    group = AppGroup("shop", help="The whole shop in one process (development).")

    @group.command("run", help="Migrate, then serve with worker, beat and relay inside the process.")
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", default=8000, show_default=True)
    def run(host: str, port: int) -> None:
        if not settings.is_embedded:
            raise click.ClickException("BROKER_URL names a real broker: run web, worker, beat and relay apart.")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        prepare_database(settings)
        with background(app, celery), web_server(app, host=host, port=port) as listening:
            click.echo(f"serving on http://{host}:{listening}")
            serve_until_interrupted()

    return group


def prepare_database(settings: Settings) -> None:
    """Bring the schema up to date; a SQLite file gets its folder."""
    url = settings.database.url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    upgrade()


def _queue_group(celery: Celery) -> click.Group:
    group = AppGroup("queue", help="Dead letters.")

    @group.command("dead", help="Show dead letters; with --requeue send them to their queues again.")
    @click.option("--requeue", is_flag=True)
    @click.option("--limit", default=100, show_default=True)
    def dead(requeue: bool, limit: int) -> None:
        with celery.connection_for_write() as connection:
            count = handle_dead_letters(connection, requeue=requeue, limit=limit)
        click.echo(f"{count} dead letters" + (" sent again" if requeue else ""))

    return group


def handle_dead_letters(connection: Connection, *, requeue: bool, limit: int) -> int:
    """Print up to `limit` dead letters; with `requeue` move each to the queue it came from. Returns how many."""
    channel = connection.channel()
    DEAD_QUEUE(channel).declare()
    # Counted first: what is sent again may be dead again before we are through.
    waiting = channel.queue_declare(DEAD_QUEUE.name, passive=True).message_count
    letters = [DEAD_QUEUE(channel).get(no_ack=False) for _ in range(min(limit, waiting))]
    seen = [letter for letter in letters if letter is not None]
    for letter in seen:
        click.echo(json.dumps(_described(letter), ensure_ascii=False))
        if requeue and _home_of(letter):
            _send_again(letter, connection.Producer(channel, exchange=EXCHANGE))
            letter.ack()
        else:
            letter.requeue()
    return len(seen)


def _described(letter: Message) -> dict[str, Any]:
    headers = letter.headers
    return {
        "task": headers.get("task"),
        "id": headers.get("id"),
        "queue": _home_of(letter),
        "arguments": headers.get("kwargsrepr"),
    }


def _home_of(letter: Message) -> str | None:
    """The queue in which it died."""
    deaths = letter.headers.get("x-death") or [{}]
    home: str | None = deaths[0].get("queue")
    return home


def _send_again(letter: Message, producer: Producer) -> None:
    """Returns when the broker has it in its queue; raises, and the letter stays dead, when there is no such queue."""
    # The broker's own notes (x-death, x-delivery-count, …) belong to the life that is over.
    headers = {name: value for name, value in letter.headers.items() if not name.startswith("x-")}
    producer.publish(
        letter.body,
        routing_key=_home_of(letter),
        headers=headers,
        content_type=letter.content_type,
        content_encoding=letter.content_encoding,
        correlation_id=letter.properties.get("correlation_id"),
        mandatory=True,
    )


def _wechat_group() -> click.Group:
    group = AppGroup("wechat", help="WeChat's side of the wire, for development.")

    @group.command("simulator", context_settings={"ignore_unknown_options": True}, add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def simulator(arguments: tuple[str, ...]) -> None:
        # A process image of its own: nothing of the simulator is ever imported into the shop.
        os.execv(sys.executable, [sys.executable, "-m", "kit.wechat.simulator", *arguments])  # noqa: S606 - our own module

    return group
