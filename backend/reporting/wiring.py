"""Builds reporting's services, and chooses the post."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from backend.reporting.domain.failure import Failure
from backend.reporting.domain.wanted import MY_ORDERS, ORDERS
from backend.reporting.service.delivery import FileDelivery, MailDelivery
from backend.reporting.service.query import ReportQuery
from backend.reporting.service.requesting import ReportRequesting
from conf.settings import Settings
from kit.context.wiring import Wired
from kit.job.kind import JobKind
from kit.job.wiring import jobs
from kit.mail.making import make_mailer


@dataclass(frozen=True)
class ReportingServices:
    """One object per capability."""

    requesting: ReportRequesting
    query: ReportQuery
    by_file: FileDelivery
    by_mail: MailDelivery


services: Wired[ReportingServices] = Wired("reporting")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`, and their kinds of jobs."""
    machinery, mailer = jobs.of(app), make_mailer(settings.mail, sender_name=settings.shop.name)
    made = ReportingServices(
        requesting=ReportRequesting(machinery.requesting, mailer),
        query=ReportQuery(machinery.query),
        by_file=FileDelivery(machinery.storage),
        by_mail=MailDelivery(mailer, shop_name=settings.shop.name),
    )
    machinery.kinds.register(JobKind(name=ORDERS, runner=made.by_file, failures=Failure))
    machinery.kinds.register(JobKind(name=MY_ORDERS, runner=made.by_mail, failures=Failure))
    services.install(app, made)
