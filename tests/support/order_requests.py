"""Bodies of requests about orders."""

from __future__ import annotations

from typing import Any

from backend.order.wiring import services
from tests.factories.order import Buyer

ORDERS = "/api/v1/orders"


def items_of(quantities: dict[int, int]) -> list[dict[str, Any]]:
    """SKU → quantity as the client writes it."""
    return [{"sku_id": str(sku_id), "quantity": quantity} for sku_id, quantity in quantities.items()]


def order_of(buyer: Buyer, quantities: dict[int, int], **over: Any) -> dict[str, Any]:
    """An order that confirms today's quote; `over` replaces members."""
    payable_fen = services().quoting.quote(quantities).payable_fen
    wanted = {"items": items_of(quantities), "address_id": str(buyer.address_id)}
    return wanted | {"confirmed_payable_fen": payable_fen} | over
