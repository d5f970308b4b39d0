"""Staff routes of payment."""

from __future__ import annotations

from typing import Any

from backend.payment.permission import PaymentPermission
from backend.payment.schema.money import ReceiptArguments, ReceiptSchema, RefundArguments, RefundSchema
from backend.payment.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.schema.page import page_of
from kit.security.guard import requires

admin = StaffBlueprint(
    "payment", __name__, description="支付 Money that arrived, and money that went back", tag="支付 Money"
)


@admin.route("/payments/receipts", methods=["GET"])
@requires(PaymentPermission.READ)
@admin.arguments(ReceiptArguments, location="query")
@admin.response(200, page_of(ReceiptSchema))
def list_receipts(filters: dict[str, Any]) -> Any:
    """Receipts (到账), newest first."""
    return services().query.receipts(**filters)


@admin.route("/payments/refunds", methods=["GET"])
@requires(PaymentPermission.READ)
@admin.arguments(RefundArguments, location="query")
@admin.response(200, page_of(RefundSchema))
def list_refunds(filters: dict[str, Any]) -> Any:
    """Refunds (退款), newest first."""
    return services().query.refunds(**filters)
