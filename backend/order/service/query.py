"""Orders as buyers and staff see them: two queries for a list, three for one, whatever their size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import scoped_session

from backend.order.domain.error import OrderNotFound
from backend.order.domain.line import OrderHistory, OrderLine
from backend.order.domain.number import is_order_no
from backend.order.domain.order import Order
from backend.order.domain.status import OrderAction, OrderStatus, allows
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Order.id.expression,), ("id",))
_BUYER_ACTIONS = (OrderAction.PAY, OrderAction.CANCEL, OrderAction.CONFIRM_RECEIPT)
_STAFF_ACTIONS = (OrderAction.CANCEL, OrderAction.SHIP)


@dataclass(frozen=True)
class OrderView:
    """An order's row, its lines, what may be done next, and (in the detail) its history."""

    order: Row[Any]
    lines: list[Row[Any]]
    allowed_actions: list[OrderAction]
    history: list[Row[Any]] = field(default_factory=list)


class OrderQuery:
    """Reads straight from SQL; no entities."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def of_buyer(
        self, buyer_id: int, page: PageRequest, *, status: OrderStatus | None, now: datetime
    ) -> Page[OrderView]:
        """The buyer's orders, newest first."""
        return self._page([Order.buyer_id == buyer_id], page, status, _BUYER_ACTIONS, now)

    def for_staff(
        self,
        page: PageRequest,
        *,
        status: OrderStatus | None,
        buyer_id: int | None,
        no: str | None,
        now: datetime,
    ) -> Page[OrderView]:
        """All orders, newest first."""
        conditions: list[ColumnElement[bool]] = []
        if buyer_id is not None:
            conditions.append(Order.buyer_id == buyer_id)
        if no is not None:
            conditions.append(Order.no == no)
        return self._page(conditions, page, status, _STAFF_ACTIONS, now)

    def one_of_buyer(self, buyer_id: int, no: str, *, now: datetime) -> OrderView:
        """One order with its history. Raises `OrderNotFound`, also for somebody else's."""
        return self._one(no, [Order.buyer_id == buyer_id], _BUYER_ACTIONS, now)

    def one_for_staff(self, no: str, *, now: datetime) -> OrderView:
        """One order with its history. Raises `OrderNotFound`."""
        return self._one(no, [], _STAFF_ACTIONS, now)

    def card(self, no: str) -> Row[Any]:
        """The order's row with the title of its first line, in one query. Raises `OrderNotFound`."""
        first = and_(OrderLine.order_id == Order.id, OrderLine.position == 1)
        columns: list[Any] = [*Order.__table__.columns, OrderLine.title.label("first_title")]
        query = select(*columns).join(OrderLine, first)
        row = self.session.execute(query.where(Order.no == no)).first() if is_order_no(no) else None
        if row is None:
            raise OrderNotFound
        return row

    def _page(
        self,
        conditions: list[ColumnElement[bool]],
        page: PageRequest,
        status: OrderStatus | None,
        actions: tuple[OrderAction, ...],
        now: datetime,
    ) -> Page[OrderView]:
        if status is not None:
            conditions = [*conditions, Order.status == status]
        orders = fetch_page(self.session, select(*Order.__table__.columns).where(*conditions), _NEWEST, page)
        lines = self._lines([order.id for order in orders.items])
        return orders.map(lambda order: OrderView(order, lines.get(order.id, []), _allowed(order, actions, now)))

    def _one(
        self, no: str, conditions: list[ColumnElement[bool]], actions: tuple[OrderAction, ...], now: datetime
    ) -> OrderView:
        query = select(*Order.__table__.columns).where(Order.no == no, *conditions)
        order = self.session.execute(query).first() if is_order_no(no) else None
        if order is None:
            raise OrderNotFound
        history = select(*OrderHistory.__table__.columns).where(OrderHistory.order_id == order.id)
        return OrderView(
            order,
            self._lines([order.id]).get(order.id, []),
            _allowed(order, actions, now),
            list(self.session.execute(history.order_by(OrderHistory.id))),
        )

    def _lines(self, order_ids: list[int]) -> Mapping[int, list[Row[Any]]]:
        if not order_ids:
            return {}
        query = select(*OrderLine.__table__.columns).where(OrderLine.order_id.in_(order_ids))
        grouped: dict[int, list[Row[Any]]] = {}
        for line in sorted(self.session.execute(query), key=lambda line: line.position):
            grouped.setdefault(line.order_id, []).append(line)
        return grouped


def _allowed(order: Row[Any], actions: tuple[OrderAction, ...], now: datetime) -> list[OrderAction]:
    return [action for action in actions if allows(order.status, action) and _in_time(order, action, now)]


def _in_time(order: Row[Any], action: OrderAction, now: datetime) -> bool:
    return action is not OrderAction.PAY or (order.due_at is not None and now < order.due_at)
