"""A brand or tag has another name: its products are found by other words now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.catalog.events import ProductsChanged
from kit.event.outbox import add_event

_AT_ONCE = 500


def tell_changed(product_ids: Sequence[int], *, at: datetime) -> None:
    """Say it in events of at most 500 products each."""
    for start in range(0, len(product_ids), _AT_ONCE):
        add_event(ProductsChanged(product_ids=tuple(product_ids[start : start + _AT_ONCE])), at=at)
