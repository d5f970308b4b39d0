"""Lines of a customer's cart."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Delete, delete, select

from backend.cart.domain.line import CartLine
from kit.db.changed import changed
from kit.repository.base import Repository


class CartRepository(Repository[CartLine]):
    """Every look-up takes the customer."""

    entity = CartLine

    def of_customer(self, customer_id: int) -> Sequence[CartLine]:
        """All lines, the last added first."""
        query = select(CartLine).where(CartLine.customer_id == customer_id)
        return self.all(query.order_by(CartLine.id.desc()))

    def of_sku(self, customer_id: int, sku_id: int) -> CartLine | None:
        """The line of one SKU."""
        return self.first(select(CartLine).where(CartLine.customer_id == customer_id, CartLine.sku_id == sku_id))

    def remove_skus(self, customer_id: int, sku_ids: Sequence[int]) -> int:
        """Delete the lines of these SKUs; returns how many there were."""
        statement = delete(CartLine).where(CartLine.customer_id == customer_id, CartLine.sku_id.in_(sku_ids))
        return self._deleted(statement)

    def remove_all(self, customer_id: int) -> int:
        """Delete every line; returns how many there were."""
        return self._deleted(delete(CartLine).where(CartLine.customer_id == customer_id))

    def _deleted(self, statement: Delete) -> int:
        return changed(self.session, statement)
