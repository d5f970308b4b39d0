"""Database with schema and clock, Redis, broker: do they answer, and as the shop needs them?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from conf.settings import Settings
from kit.cache.redis import redis_client
from kit.db.extension import db
from kit.domain.clock import utc_now
from task.app import broker_answers
from task.doctor.finding import Finding, bad, fine, note, or_fine
from task.readiness import database_problems

# Deadlines, sessions and leases compare times of several machines; WeChat refuses what is five minutes off.
MAX_SKEW_SECONDS = 2.0


def examine_database(app: Flask) -> list[Finding]:
    """Address, isolation, character set, schema."""
    return or_fine("database", database_problems(app), "answers, READ COMMITTED or SQLite, and the schema is current")


def examine_clock(app: Flask, now: Callable[[], datetime] = utc_now) -> list[Finding]:
    """This machine's clock against the database's. A database that is away has been reported already: nothing."""
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    return [fine("clock", "SQLite runs on this machine's clock")]
                before = now()
                told: datetime = connection.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
                after = now()
        except SQLAlchemyError:
            return []
    # The question took time as well: only what lies outside of it is skew.
    there = told.replace(tzinfo=UTC)
    skew = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    if skew > MAX_SKEW_SECONDS:
        return [bad("clock", f"{skew:.1f} s apart from the database's: run chrony or ntpd on both machines.")]
    return [fine("clock", "agrees with the database's")]


def examine_redis(app: Flask, settings: Settings) -> list[Finding]:
    """Cache and throttle. Without Redis the shop goes on selling, slower."""
    if settings.redis.url.startswith("memory://"):
        return [note("redis", "a stand-in inside the process; set REDIS_URL where several processes serve")]
    with app.app_context():
        try:
            redis_client().ping()
        except (RedisError, OSError) as error:
            advice = "check REDIS_URL, its password, and that the server runs."
            return [bad("redis", f"does not answer ({type(error).__name__}): {advice}")]
    return [fine("redis", "answers")]


def examine_broker(celery: Celery, settings: Settings) -> list[Finding]:
    """RabbitMQ. Without it orders are taken and paid, but timers and refunds wait."""
    if settings.is_embedded:
        return [note("broker", "inside the process; set BROKER_URL where web, worker, beat and relay run apart")]
    try:
        broker_answers(celery)
    except (BrokerError, OSError) as error:
        advice = "check BROKER_URL, user, password and virtual host, and that the server runs."
        return [bad("broker", f"does not answer ({type(error).__name__}): {advice}")]
    return [fine("broker", "answers")]
