"""What other contexts may ask of cart."""

from __future__ import annotations

from collections.abc import Sequence

from backend.cart.wiring import services


def take_out(*, customer_id: int, sku_ids: Sequence[int]) -> None:
    """What was ordered leaves the cart; joins the caller's transaction."""
    services().editing.remove(customer_id=customer_id, sku_ids=sku_ids)
