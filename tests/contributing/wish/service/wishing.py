"""Wishes are made, and forgotten when something was received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.catalog import facade as catalog
from backend.order.events import OrderCompleted
from backend.wish.domain.error import AlreadyWished, SkuUnknown
from backend.wish.domain.wish import Wish
from backend.wish.repository.wish import WishRepository
from kit.event.outbox import enqueue
from kit.service.transaction import transactional


class Wishing:
    """The only capability."""

    def __init__(self, wishes: WishRepository) -> None:
        self.wishes = wishes

    def of_customer(self, customer_id: int) -> Sequence[Wish]:
        """All wishes, the newest first."""
        return self.wishes.of_customer(customer_id)

    @transactional
    def make(self, *, customer_id: int, sku_id: int, now: datetime) -> Wish:
        """A new wish. Raises `SkuUnknown`, `AlreadyWished`."""
        if sku_id not in catalog.sellable(sku_ids=[sku_id]):
            raise SkuUnknown
        if any(wish.sku_id == sku_id for wish in self.wishes.of_customer(customer_id)):
            raise AlreadyWished
        return self.wishes.add(Wish.make(customer_id=customer_id, sku_id=sku_id, at=now))

    @transactional
    def on_order_completed(self, event: OrderCompleted) -> None:
        """Somebody has what they wanted: forget the rest, later."""
        enqueue("wish.forget", customer_id=event.buyer_id)

    @transactional
    def forget(self, *, customer_id: int) -> None:
        """Forget every wish; nothing to forget is fine."""
        self.wishes.forget(customer_id)
