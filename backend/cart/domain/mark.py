"""What the customer must be told about a line before ordering."""

from __future__ import annotations

from enum import StrEnum


class Availability(StrEnum):
    """Whether this many can be ordered now."""

    OK = "ok"
    INSUFFICIENT = "insufficient"
    SOLD_OUT = "sold_out"
    OFF_SALE = "off_sale"
    OVER_LIMIT = "over_limit"


def availability(*, on_sale: bool, available: int, quantity: int, order_limit: int | None = None) -> Availability:
    """The mark of a line of `quantity` when `available` units are left and one order may hold `order_limit`."""
    if not on_sale:
        return Availability.OFF_SALE
    if available <= 0:
        return Availability.SOLD_OUT
    if order_limit is not None and quantity > order_limit and available >= order_limit:
        return Availability.OVER_LIMIT
    return Availability.OK if available >= quantity else Availability.INSUFFICIENT
