"""Report jobs over a folder of the test's own, and many orders at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from backend.order.domain.line import OrderLine
from backend.order.domain.order import Order
from backend.reporting.service.delivery import FILE
from backend.reporting.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.job.job import Job
from kit.job.wiring import jobs
from kit.mail.port import Mailer
from kit.service.transaction import in_transaction
from kit.storage.disk import DiskStorage
from tests.factories.order import Buyer, make_buyer, place
from tests.support.fresh import fresh_session

OWNER = "staff:7"


def storage() -> DiskStorage:
    """Where the running application keeps files."""
    found = jobs().storage
    assert isinstance(found, DiskStorage)
    return found


def use_mailer(monkeypatch: Any, mailer: Mailer) -> None:
    """The running application's mails go through `mailer`."""
    monkeypatch.setattr(services().by_mail, "mailer", mailer)
    monkeypatch.setattr(services().requesting, "mailer", mailer)


def files() -> list[Path]:
    """Everything stored, unfinished files too."""
    return [path for path in storage().folder.rglob("*") if path.is_file()]


def ask(format: str = "csv", *, owner: str = OWNER, now: datetime | None = None, **over: Any) -> int:
    """A queued job of staff; its id."""
    wanted = {"status": None, "placed_from": None, "placed_to": None} | over
    job = services().requesting.orders(
        owner=owner, format=format, now=now or utc_now() + timedelta(minutes=1), **wanted
    )
    return job.id


def ask_by_mail(buyer: Buyer, email: str = "lin@example.cn") -> int:
    """A queued job of a buyer; its id."""
    return services().requesting.my_orders(buyer_id=buyer.id, email=email, now=utc_now()).id


def job_row(job_id: int) -> Any:
    """The job as it is in the database."""
    fresh_session()
    return db.session.execute(select(*Job.__table__.columns).where(Job.id == job_id)).one()


def file_key(job_id: int) -> str:
    """Where the finished job's file is."""
    key: str = job_row(job_id).files[FILE]["key"]
    return key


def content_of(job_id: int) -> bytes:
    """The finished job's file."""
    with storage().reading(file_key(job_id)) as stream:
        return stream.read()


def many_orders(count: int, *, first: int = 0) -> None:
    """Orders with one line each, a millisecond apart, numbered from `first`; in bulk, behind the services' back."""
    template = place(make_buyer())
    order_row = {column.name: getattr(template, column.name) for column in Order.__table__.columns}
    line_row = {column.name: getattr(template.lines[0], column.name) for column in OrderLine.__table__.columns}

    def write() -> None:
        for start in range(first + 1, first + count, 1000):
            numbers = range(start, min(start + 1000, first + count))
            orders = [
                order_row
                | {"id": new_id(), "no": f"{n:022d}", "placed_at": template.placed_at + timedelta(milliseconds=n)}
                for n in numbers
            ]
            db.session.execute(insert(Order), orders)
            lines = [line_row | {"id": new_id(), "order_id": row["id"]} for row in orders]
            db.session.execute(insert(OrderLine), lines)

    in_transaction(write)
    fresh_session()
