"""Staff routes of orders."""

from __future__ import annotations

from typing import Any

from backend.inventory.facade import GoodsExpired
from backend.order.domain.error import ActionNotAllowed, OrderNotFound
from backend.order.permission import OrderPermission
from backend.order.schema.order import (
    CancelSchema,
    OrderStatusSchema,
    ShipSchema,
    StaffOrderArguments,
    StaffOrderDetailSchema,
    StaffOrderSchema,
)
from backend.order.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin = StaffBlueprint("staff_order", __name__, description="订单 Orders of all customers", tag="订单 Orders")


@admin.route("/orders", methods=["GET"])
@requires(OrderPermission.READ)
@admin.arguments(StaffOrderArguments, location="query")
@admin.response(200, page_of(StaffOrderSchema))
def list_all_orders(filters: dict[str, Any]) -> Any:
    """All orders, newest first."""
    return services().query.for_staff(**filters, now=utc_now())


@admin.route("/orders/<no>", methods=["GET"])
@requires(OrderPermission.READ)
@raises(OrderNotFound)
@admin.response(200, StaffOrderDetailSchema)
def get_any_order(no: str) -> Any:
    """One order with everything."""
    return services().query.one_for_staff(no, now=utc_now())


@admin.route("/orders/<no>/shipment", methods=["POST"])
@requires(OrderPermission.SHIP)
@raises(OrderNotFound, ActionNotAllowed, GoodsExpired)
@idempotent
@admin.arguments(ShipSchema)
@admin.response(200, OrderStatusSchema)
def ship_order(parcel: dict[str, Any], no: str) -> Any:
    """Ship a paid order; its stock is deducted (发货)."""
    return services().fulfilment.ship(operator=current_subject().actor, order_no=no, now=utc_now(), **parcel)


@admin.route("/orders/<no>/cancel", methods=["POST"])
@requires(OrderPermission.CANCEL)
@raises(OrderNotFound, ActionNotAllowed)
@idempotent
@admin.arguments(CancelSchema)
@admin.response(200, OrderStatusSchema)
def cancel_unpaid_order(cancel: dict[str, Any], no: str) -> Any:
    """Cancel an unpaid order (取消)."""
    return services().cancellation.by_staff(operator=current_subject().actor, order_no=no, now=utc_now(), **cancel)
