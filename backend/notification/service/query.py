"""Reads for staff, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import scoped_session

from backend.notification.domain.delivery import Delivery, DeliveryState
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Delivery.id.expression,), ("id",))


class DeliveryQuery:
    """Who was told what, and whether it arrived."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def deliveries(self, page: PageRequest, *, order_no: str | None, state: DeliveryState | None) -> Page[Row[Any]]:
        """Deliveries, newest first; one query."""
        conditions: list[ColumnElement[bool]] = []
        if order_no is not None:
            conditions.append(Delivery.order_no == order_no)
        if state is not None:
            conditions.append(Delivery.state == state)
        return fetch_page(self.session, select(*Delivery.__table__.columns).where(*conditions), _NEWEST, page)
