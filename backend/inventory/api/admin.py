"""Staff routes of stock: levels, thresholds, batches, promises, receipts and the movement log."""

from __future__ import annotations

from typing import Any

from backend.inventory.domain.error import (
    BatchNeeded,
    LocationArchived,
    LocationNotFound,
    MovementNotFound,
    MovementRepeated,
    QuantityTooLarge,
    ThresholdsCrossed,
    TrackingInUse,
    UnknownSku,
    ValueTooLarge,
)
from backend.inventory.domain.ledger import MovementKind
from backend.inventory.domain.movement import Move, merged
from backend.inventory.domain.paper import Line, Paper
from backend.inventory.permission import InventoryPermission
from backend.inventory.schema.stock import (
    BatchArguments,
    BatchSchema,
    MovementArguments,
    MovementKindsSchema,
    MovementSchema,
    PromiseArguments,
    PromiseSchema,
    SkuStockSchema,
    StockArguments,
    StockLevelSchema,
    StockReceiptSchema,
    ThresholdsSchema,
    TrackingSchema,
)
from backend.inventory.service.places import Thresholds
from backend.inventory.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin = StaffBlueprint(
    "inventory", __name__, description="库存 Stock levels, batches, receipts and the movement log", tag="库存 Stock"
)


@admin.route("/stock", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.arguments(StockArguments, location="query")
@admin.response(200, page_of(StockLevelSchema))
def list_stock(filters: dict[str, Any]) -> Any:
    """Stock levels (库存) of a location, newest SKU first. low=true and over=true list what needs
    attention (库存预警).
    """
    return services().query.levels(**filters)


@admin.route("/stock/skus/<id:sku_id>", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(UnknownSku)
@admin.response(200, SkuStockSchema)
def show_sku_stock(sku_id: int) -> Any:
    """The stock of one SKU (单品库存) at all locations."""
    return {"items": services().query.of_sku(sku_id)}


@admin.route("/stock/skus/<id:sku_id>/locations/<id:location_id>", methods=["PUT"])
@requires(InventoryPermission.ARRANGE)
@raises(UnknownSku, LocationNotFound, LocationArchived, ThresholdsCrossed)
@admin.arguments(ThresholdsSchema)
@admin.response(204)
def set_stock_thresholds(thresholds: Thresholds, sku_id: int, location_id: int) -> None:
    """Minimum, maximum and shelf of a SKU at a location (库存上下限、货位). Others hear when a limit is passed."""
    services().places.set_thresholds(sku_id, location_id, thresholds, now=utc_now())


@admin.route("/stock/skus/<id:sku_id>/tracking", methods=["PUT"])
@requires(InventoryPermission.ARRANGE)
@raises(UnknownSku, TrackingInUse)
@admin.arguments(TrackingSchema)
@admin.response(204)
def set_batch_tracking(tracking: dict[str, bool], sku_id: int) -> None:
    """Track batches of a SKU, or stop (批次管理). What is there becomes one batch without dates."""
    operator = current_subject().actor
    services().places.track_batches(sku_id, tracking["tracked"], operator=operator, now=utc_now())


@admin.route("/stock/batches", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.arguments(BatchArguments, location="query")
@admin.response(200, page_of(BatchSchema))
def list_batches(filters: dict[str, Any]) -> Any:
    """Dated batches of a location, the first to expire first (临期). Expired ones stay until they are written off."""
    return services().query.batches(**filters)


@admin.route("/stock/reservations", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.arguments(PromiseArguments, location="query")
@admin.response(200, page_of(PromiseSchema))
def list_reservations(filters: dict[str, Any]) -> Any:
    """What orders and holds were promised (占用), newest first."""
    return services().query.promises(**filters)


@admin.route("/stock/movements", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.arguments(MovementArguments, location="query")
@admin.response(200, page_of(MovementSchema))
def list_stock_movements(filters: dict[str, Any]) -> Any:
    """The movement log (库存流水), newest first."""
    return services().query.movements(**filters)


@admin.route("/stock/movements/kinds", methods=["GET"])
@requires(InventoryPermission.READ)
@admin.response(200, MovementKindsSchema)
def list_stock_movement_kinds() -> Any:
    """The action types (操作类型) of the movement log, by name."""
    return {"items": list(MovementKind)}


@admin.route("/stock/movements/<id:movement_id>", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(MovementNotFound)
@admin.response(200, MovementSchema)
def show_stock_movement(movement_id: int) -> Any:
    """One row of the movement log."""
    return services().query.movement(movement_id)


@admin.route("/stock/receipts", methods=["POST"])
@requires(InventoryPermission.RECEIVE)
@raises(UnknownSku, MovementRepeated, QuantityTooLarge, ValueTooLarge, BatchNeeded, LocationNotFound, LocationArchived)
@idempotent
@admin.arguments(StockReceiptSchema)
@admin.response(204)
def receive_stock(receipt: dict[str, Any]) -> None:
    """Book a delivery note without costs and batches (入库). Booked once: a second time is 409.

    It becomes an inbound document; POST /stock/inbound takes locations, costs and batches as well.
    """
    moves = merged(Move(line["sku_id"], line["quantity"]) for line in receipt["lines"])
    paper = Paper(
        lines=tuple(Line(move.sku_id, move.quantity) for move in moves),
        reason=receipt["reason"],
        operator=current_subject().actor,
        at=utc_now(),
        reference=f"receipt:{receipt['reference']}",
    )
    services().documents.inbound(paper)
