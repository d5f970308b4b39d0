"""Somebody wants a report: the job and the request to run it are committed together, or neither."""

from __future__ import annotations

from datetime import datetime

from backend.reporting.domain.error import ExportUnderWay, MailNotConfigured
from backend.reporting.domain.period import period
from backend.reporting.domain.wanted import MY_ORDERS, ORDERS, WantedOrders
from kit.job.job import Job
from kit.job.repository import ActiveTaken
from kit.job.requesting import JobRequesting
from kit.mail.port import Mailer
from kit.service.transaction import transactional


class ReportRequesting:
    """Queues reports; a worker will make them."""

    def __init__(self, jobs: JobRequesting, mailer: Mailer) -> None:
        self.jobs = jobs
        self.mailer = mailer

    @transactional
    def orders(
        self,
        *,
        owner: str,
        format: str,
        status: str | None,
        placed_from: datetime | None,
        placed_to: datetime | None,
        now: datetime,
    ) -> Job:
        """Orders of all buyers as a file. Raises `PeriodInvalid`, `PeriodTooLong`."""
        begin, end = period(placed_from, placed_to, now=now)
        wanted = WantedOrders(format=format, status=status, placed_from=begin, placed_to=end)
        return self.jobs.queue(kind=ORDERS, owner=owner, parameters=wanted.as_json(), now=now)

    @transactional
    def my_orders(self, *, buyer_id: int, email: str, now: datetime) -> Job:
        """The buyer's own orders by mail. Raises `MailNotConfigured`, `ExportUnderWay`."""
        if not self.mailer.configured:
            raise MailNotConfigured
        owner = f"member:{buyer_id}"
        wanted = WantedOrders(format="csv", buyer_id=buyer_id)
        try:
            return self.jobs.queue(
                kind=MY_ORDERS,
                owner=owner,
                parameters=wanted.as_json(),
                confidential={"email": email},
                active=f"{MY_ORDERS}/{owner}",
                now=now,
            )
        except ActiveTaken:
            raise ExportUnderWay from None
