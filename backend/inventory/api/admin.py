"""Staff routes of inventory."""

from __future__ import annotations

from typing import Any

from backend.inventory.domain.error import MovementRepeated, QuantityTooLarge, UnknownSku
from backend.inventory.domain.movement import Move
from backend.inventory.permission import InventoryPermission
from backend.inventory.repository.stock import Booking
from backend.inventory.schema.stock import (
    MovementArguments,
    MovementSchema,
    StockArguments,
    StockLevelSchema,
    StockReceiptSchema,
)
from backend.inventory.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin = StaffBlueprint(
    "inventory", __name__, description="库存 Stock levels, receipts and the movement log", tag="库存 Stock"
)


@admin.route("/stock", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.arguments(StockArguments, location="query")
@admin.response(200, page_of(StockLevelSchema))
def list_stock(filters: dict[str, Any]) -> Any:
    """Stock levels, newest SKU first."""
    return services().query.levels(**filters)


@admin.route("/stock/movements", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.arguments(MovementArguments, location="query")
@admin.response(200, page_of(MovementSchema))
def list_stock_movements(filters: dict[str, Any]) -> Any:
    """The movement log (库存流水), newest first."""
    return services().query.movements(**filters)


@admin.route("/stock/receipts", methods=["POST"])
@requires(InventoryPermission.RECEIVE)
@raises(UnknownSku, MovementRepeated, QuantityTooLarge)
@idempotent
@admin.arguments(StockReceiptSchema)
@admin.response(204)
def receive_stock(receipt: dict[str, Any]) -> None:
    """Book incoming goods (入库). A delivery note is booked once: a second time is 409."""
    moves = [Move(line["sku_id"], line["quantity"]) for line in receipt["lines"]]
    booking = Booking(f"receipt:{receipt['reference']}", receipt["reason"], current_subject().actor, utc_now())
    services().receiving.receive(moves, booking)
