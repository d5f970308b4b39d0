"""Reads for staff, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import scoped_session

from backend.payment.domain.receipt import PaymentReceipt, Verdict
from backend.payment.domain.refund import Refund, RefundState
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_RECEIPTS = Keyset((PaymentReceipt.id.expression,), ("id",))
_REFUNDS = Keyset((Refund.id.expression,), ("id",))


class MoneyQuery:
    """What arrived and what went back."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def receipts(self, page: PageRequest, *, verdict: Verdict | None, subject: str | None) -> Page[Row[Any]]:
        """Receipts, newest first."""
        conditions: list[ColumnElement[bool]] = []
        if verdict is not None:
            conditions.append(PaymentReceipt.verdict == verdict)
        if subject is not None:
            conditions.append(PaymentReceipt.subject == subject)
        query = select(*PaymentReceipt.__table__.columns).where(*conditions)
        return fetch_page(self.session, query, _RECEIPTS, page)

    def refunds(self, page: PageRequest, *, state: RefundState | None) -> Page[Row[Any]]:
        """Refunds, newest first."""
        conditions = [] if state is None else [Refund.state == state]
        return fetch_page(self.session, select(*Refund.__table__.columns).where(*conditions), _REFUNDS, page)
