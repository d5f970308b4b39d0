"""Wishes of a customer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from backend.wish.domain.wish import Wish
from kit.repository.base import Repository


class WishRepository(Repository[Wish]):
    """Every look-up takes the customer."""

    entity = Wish

    def of_customer(self, customer_id: int) -> Sequence[Wish]:
        """All of them, the newest first."""
        return self.all(select(Wish).where(Wish.customer_id == customer_id).order_by(Wish.id.desc()))

    def forget(self, customer_id: int) -> None:
        """Delete all of them."""
        statement = delete(Wish).where(Wish.customer_id == customer_id)
        self.session.execute(statement, execution_options={"synchronize_session": False})
