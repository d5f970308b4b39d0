"""Orders by owner, by number, by deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from backend.order.domain.error import OrderNotFound
from backend.order.domain.line import OrderLine
from backend.order.domain.number import is_order_no
from backend.order.domain.order import Order
from backend.order.domain.status import OrderStatus
from kit.db.error import RunAgain, duplicate_is
from kit.repository.base import Repository


class OrderRepository(Repository[Order]):
    """Buyer-side look-ups take the buyer: somebody else's order does not exist."""

    entity = Order

    def of_buyer(self, buyer_id: int, no: str) -> Order:
        """The buyer's order. Raises `OrderNotFound`."""
        return self._numbered(no, Order.buyer_id == buyer_id)

    def of_no(self, no: str) -> Order:
        """Any order, for staff and reactions. Raises `OrderNotFound`."""
        return self._numbered(no)

    def due_for_closing(self, *, now: datetime, limit: int) -> list[str]:
        """Numbers of unpaid orders whose time is over, the longest waiting first."""
        query = select(Order.no).where(Order.due_at <= now, Order.status == OrderStatus.PENDING_PAYMENT)
        return list(self.session.scalars(query.order_by(Order.due_at).limit(limit)))

    def to_follow_up(self, *, now: datetime, limit: int) -> list[str]:
        """Numbers of orders that wait for payment's word suspiciously long."""
        query = select(Order.no).where(Order.follow_up_at <= now, Order.status == OrderStatus.CLOSING)
        return list(self.session.scalars(query.order_by(Order.follow_up_at).limit(limit)))

    def unpaid_of(self, buyer_id: int) -> int:
        """How many orders of the buyer hold stock without being paid."""
        unpaid = (OrderStatus.PENDING_PAYMENT, OrderStatus.CLOSING)
        query = select(func.count()).select_from(Order).where(Order.buyer_id == buyer_id, Order.status.in_(unpaid))
        return int(self.session.scalars(query).one())

    def units_of(self, no: str) -> dict[int, int]:
        """Product → units of the order."""
        query = select(OrderLine.product_id, func.sum(OrderLine.quantity).label("units")).join(
            Order, Order.id == OrderLine.order_id
        )
        rows = self.session.execute(query.where(Order.no == no).group_by(OrderLine.product_id))
        return {row.product_id: int(row.units) for row in rows}

    def pictures_of(self, no: str) -> Sequence[str]:
        """What the lines of the order show."""
        query = select(OrderLine.image_url).join(Order, Order.id == OrderLine.order_id)
        return self.session.scalars(query.where(Order.no == no).distinct()).all()

    def place(self, order: Order) -> None:
        """Write a new order now. A number that chance gave out twice makes the use case run again."""
        self.add(order)
        with duplicate_is(RunAgain()):
            self.flush()

    def _numbered(self, no: str, *conditions: ColumnElement[bool]) -> Order:
        order = self.first(select(Order).where(Order.no == no, *conditions)) if is_order_no(no) else None
        if order is None:
            raise OrderNotFound
        return order
