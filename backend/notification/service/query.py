"""Reads for staff, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import scoped_session

from backend.notification.domain.delivery import Delivery
from backend.notification.domain.notice import Notice
from backend.notification.domain.trying import DeliveryState
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Delivery.id.expression,), ("id",))
_NEWEST_NOTICE = Keyset((Notice.id.expression,), ("id",))


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


class NoticeQuery:
    """What a member of staff was told."""

    def __init__(self) -> None:
        self.session: scoped_session[Any] = db.session

    def notices(self, page: PageRequest, *, staff_id: int, unread: bool) -> Page[Row[Any]]:
        """One's own, newest first; only unread ones, if asked for."""
        query = select(*Notice.__table__.columns).where(Notice.staff_id == staff_id)
        if unread:
            query = query.where(Notice.read_at.is_(None))
        return fetch_page(self.session, query, _NEWEST_NOTICE, page)

    def unread(self, *, staff_id: int) -> int:
        """How many of one's own wait to be read."""
        query = select(func.count()).where(Notice.staff_id == staff_id, Notice.read_at.is_(None))
        return int(self.session.scalar(query) or 0)
