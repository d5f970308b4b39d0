"""What the timers may ask of wish."""

from __future__ import annotations

from backend.wish.wiring import services


def forget(*, customer_id: int) -> None:
    """Forget every wish of a customer."""
    services().wishing.forget(customer_id=customer_id)
