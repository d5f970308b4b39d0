"""Two ways for a report to reach whoever asked: a stored file, or a mail. Each runs one kind of job."""

from __future__ import annotations

from io import BytesIO

from backend.order.facade import SHOP_ZONE
from backend.reporting.domain.failure import Failure
from backend.reporting.domain.wanted import WantedOrders
from backend.reporting.service.table import BUYER_COLUMNS, STAFF_COLUMNS
from backend.reporting.service.writing import write_orders
from kit.export.filename import safe_filename
from kit.export.sheet import FORMATS
from kit.job.failure import JobDelayed, JobRefused
from kit.job.outcome import Outcome, ResultFile
from kit.job.work import Work
from kit.mail.message import Attachment, Mail
from kit.mail.port import MailDeferred, Mailer, MailOutcomeUnknown, MailRefused
from kit.storage.port import Storage, new_key

MOST_ROWS = 500_000
MOST_ROWS_BY_MAIL = 5_000
FILE = "orders"
"""Name of the one file a report has."""


class FileDelivery:
    """Each run writes a file of its own: of two runs at once, one is kept."""

    def __init__(self, storage: Storage, *, most_rows: int = MOST_ROWS) -> None:
        self.storage = storage
        self.most_rows = most_rows

    def run(self, work: Work) -> Outcome:
        """A complete file."""
        wanted = WantedOrders.from_json(work.assignment.parameters)
        key = new_key(FORMATS[wanted.format].extension)
        with self.storage.writing(key) as stream:
            rows = write_orders(stream, wanted, STAFF_COLUMNS, work.progress, most=self.most_rows)
        return Outcome(result={"rows": rows}, files={FILE: ResultFile(key=key, filename=_filename(wanted))})


class MailDelivery:
    """Three steps: the intent is committed, the mail handed over, and the outcome committed by whoever runs the job."""

    def __init__(self, mailer: Mailer, *, shop_name: str, most_rows: int = MOST_ROWS_BY_MAIL) -> None:
        self.mailer = mailer
        self.shop_name = shop_name
        self.most_rows = most_rows

    def run(self, work: Work) -> Outcome:
        """The rows that went out. After an unknown outcome the job is never mailed again."""
        content = BytesIO()
        wanted = WantedOrders.from_json(work.assignment.parameters)
        rows = write_orders(content, wanted, BUYER_COLUMNS, work.progress, most=self.most_rows)
        mail = self._mail(work, content.getvalue(), rows)
        work.begin_unrepeatable(lost_as=Failure.MAIL_UNKNOWN)
        try:
            self.mailer.send(mail)
        except MailDeferred as error:
            raise JobDelayed(Failure.MAIL_UNREACHABLE) from error
        except MailRefused as error:
            raise JobRefused(Failure.MAIL_REFUSED) from error
        except MailOutcomeUnknown as error:
            raise JobRefused(Failure.MAIL_UNKNOWN) from error
        return Outcome(result={"rows": rows})

    def _mail(self, work: Work, content: bytes, rows: int) -> Mail:
        return Mail(
            to=work.assignment.confidential["email"],
            subject=f"{self.shop_name} · 您的订单 Your orders",
            text=f"附件是您在{self.shop_name}的 {rows} 笔订单（CSV）。\n\nAttached are your {rows} orders as CSV.\n",
            reference=f"report-{work.assignment.job_id}",
            attachments=(Attachment(filename=safe_filename("我的订单.csv"), mimetype="text/csv", content=content),),
        )


def _filename(wanted: WantedOrders) -> str:
    first, last = (moment.astimezone(SHOP_ZONE) for moment in (wanted.placed_from, wanted.placed_to) if moment)
    return f"订单-{first:%Y%m%d}-{last:%Y%m%d}.{FORMATS[wanted.format].extension}"
