"""Two ways for a report to reach whoever asked: a stored file, or a mail."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from backend.reporting.domain.failure import Failure, ReportDelayed, ReportRefused
from backend.reporting.domain.job import Assignment
from backend.reporting.service.mailing import MailIntent
from backend.reporting.service.progress import Progress
from backend.reporting.service.table import BUYER_COLUMNS, STAFF_COLUMNS
from backend.reporting.service.writing import write_orders
from kit.export.filename import safe_filename
from kit.export.sheet import FORMATS
from kit.mail.message import Attachment, Mail
from kit.mail.port import MailDeferred, Mailer, MailOutcomeUnknown, MailRefused
from kit.storage.port import Storage, new_key

MOST_ROWS = 500_000
MOST_ROWS_BY_MAIL = 5_000


@dataclass(frozen=True)
class Delivered:
    """`file_key` is None when nothing was stored."""

    row_count: int
    file_key: str | None = None


class Delivery(Protocol):
    """Makes and hands over one report; no transaction is open. Raises ReportRefused, ReportDelayed, RunLost."""

    def deliver(self, assignment: Assignment, progress: Progress) -> Delivered:
        """What was handed over."""


class FileDelivery:
    """Each run writes a file of its own: of two runs at once, one is kept."""

    def __init__(self, storage: Storage, *, most_rows: int = MOST_ROWS) -> None:
        self.storage = storage
        self.most_rows = most_rows

    def deliver(self, assignment: Assignment, progress: Progress) -> Delivered:
        """The key of a complete file."""
        key = new_key(FORMATS[assignment.format].extension)
        with self.storage.writing(key) as stream:
            rows = write_orders(stream, assignment, STAFF_COLUMNS, progress, most=self.most_rows)
        return Delivered(rows, key)


class MailDelivery:
    """Three steps: the intent is committed, the mail handed over, and the outcome committed by whoever runs the job."""

    def __init__(
        self, mailer: Mailer, intent: MailIntent, *, shop_name: str, most_rows: int = MOST_ROWS_BY_MAIL
    ) -> None:
        self.mailer = mailer
        self.intent = intent
        self.shop_name = shop_name
        self.most_rows = most_rows

    def deliver(self, assignment: Assignment, progress: Progress) -> Delivered:
        """The rows that went out. After an unknown outcome the job is never mailed again."""
        content = BytesIO()
        rows = write_orders(content, assignment, BUYER_COLUMNS, progress, most=self.most_rows)
        mail = self._mail(assignment, content.getvalue(), rows)
        self.intent.declare(assignment)
        try:
            self.mailer.send(mail)
        except MailDeferred as error:
            raise ReportDelayed(Failure.MAIL_UNREACHABLE) from error
        except MailRefused as error:
            raise ReportRefused(Failure.MAIL_REFUSED) from error
        except MailOutcomeUnknown as error:
            raise ReportRefused(Failure.MAIL_UNKNOWN) from error
        return Delivered(rows)

    def _mail(self, assignment: Assignment, content: bytes, rows: int) -> Mail:
        assert assignment.email is not None
        return Mail(
            to=assignment.email,
            subject=f"{self.shop_name} · 您的订单 Your orders",
            text=f"附件是您在{self.shop_name}的 {rows} 笔订单（CSV）。\n\nAttached are your {rows} orders as CSV.\n",
            reference=f"report-{assignment.job_id}",
            attachments=(Attachment(filename=safe_filename("我的订单.csv"), mimetype="text/csv", content=content),),
        )
