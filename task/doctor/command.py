"""The command, and the order in which the doctor looks."""

from __future__ import annotations

import click
from celery import Celery
from flask import Flask

from conf.production import problems
from conf.settings import SAMPLE_SECRET, Settings
from kit.domain.clock import utc_now
from task.doctor.finding import Finding, Weight, note, or_fine
from task.doctor.keys import examine_keys
from task.doctor.queues import examine_queues
from task.doctor.servers import examine_broker, examine_clock, examine_database, examine_redis
from task.doctor.storage import examine_storage


def doctor_command(app: Flask, celery: Celery, settings: Settings) -> click.Command:
    """``flask doctor``."""

    @click.command("doctor", help="Look at everything the shop depends on; exit code 1 when something is to be mended.")
    def doctor() -> None:
        findings = examine(app, celery, settings)
        for finding in findings:
            click.echo(str(finding))
        wrong = sum(finding.weight is Weight.BAD for finding in findings)
        click.echo(f"{wrong} to be mended" if wrong else "nothing to be mended")
        raise SystemExit(1 if wrong else 0)

    return doctor


def examine(app: Flask, celery: Celery, settings: Settings) -> list[Finding]:
    """Everything, in the order in which it is mended. Changes nothing anywhere."""
    return [
        *examine_configuration(settings),
        *examine_database(app),
        *examine_clock(app),
        *examine_storage(settings),
        *examine_redis(app, settings),
        *examine_broker(celery, settings),
        *examine_queues(celery, settings),
        *examine_keys(settings, now=utc_now()),
    ]


def examine_configuration(settings: Settings) -> list[Finding]:
    """In production every rule of `conf.production`; elsewhere only what one should know."""
    if settings.is_production:
        return or_fine("configuration", problems(settings), "fit for production")
    findings = [note("configuration", f"APP_ENV is {settings.env}: no real money; in production more is demanded")]
    if settings.security.jwt_secret == SAMPLE_SECRET:
        findings.append(note("configuration", "JWT_SECRET is the sample that everybody knows"))
    return findings
