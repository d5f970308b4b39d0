"""Builds reporting's services, and chooses the post."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from backend.reporting.domain.job import JobKind
from backend.reporting.repository.job import ReportJobRepository
from backend.reporting.service.delivery import Delivery, FileDelivery, MailDelivery
from backend.reporting.service.downloading import Downloading
from backend.reporting.service.mailing import MailIntent
from backend.reporting.service.query import ReportQuery
from backend.reporting.service.requesting import ReportRequesting
from backend.reporting.service.running import ReportRunning
from backend.reporting.service.sweeping import ReportSweeping
from conf.settings import Settings
from kit.context.wiring import Wired
from kit.mail.making import make_mailer
from kit.mail.port import Mailer
from kit.security.link import LinkSigner
from kit.storage.disk import DiskStorage
from kit.storage.port import Storage


@dataclass(frozen=True)
class ReportingServices:
    """One object per capability."""

    requesting: ReportRequesting
    running: ReportRunning
    downloading: Downloading
    sweeping: ReportSweeping
    query: ReportQuery


services: Wired[ReportingServices] = Wired("reporting")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    signer = LinkSigner(secret=settings.security.jwt_secret, purpose="report")
    storage = DiskStorage(Path(settings.storage.folder))
    mailer = make_mailer(settings.mail, sender_name=settings.shop.name)
    services.install(app, build(storage, mailer, signer, shop_name=settings.shop.name))


def build(storage: Storage, mailer: Mailer, signer: LinkSigner, *, shop_name: str) -> ReportingServices:
    """The services over a place for files and a post."""
    jobs = ReportJobRepository()
    deliveries: dict[JobKind, Delivery] = {
        JobKind.ORDERS: FileDelivery(storage),
        JobKind.MY_ORDERS: MailDelivery(mailer, MailIntent(jobs), shop_name=shop_name),
    }
    return ReportingServices(
        requesting=ReportRequesting(jobs, mailer),
        running=ReportRunning(jobs, storage, deliveries),
        downloading=Downloading(jobs, storage, signer),
        sweeping=ReportSweeping(jobs, storage),
        query=ReportQuery(),
    )
