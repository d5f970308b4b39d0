"""Member routes of orders."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backend.inventory.facade import OutOfStock
from backend.order.domain.error import (
    ActionNotAllowed,
    NotForSale,
    NothingToPay,
    OrderNotFound,
    OverOrderLimit,
    PaymentDeadlineOver,
    PriceMoved,
    TooManyOfOne,
    TooManyUnpaid,
)
from backend.order.schema.order import (
    CancelSchema,
    OrderArguments,
    OrderDetailSchema,
    OrderSchema,
    OrderStatusSchema,
    PaymentParametersSchema,
    PlacedOrderSchema,
    PlaceOrderSchema,
    QuoteRequestSchema,
    QuoteSchema,
)
from backend.order.service.placement import Wanted
from backend.order.wiring import services
from backend.payment.facade import AttemptNotPayable, ChannelRefused, ChannelUnavailable
from backend.user.facade import AddressNotFound, OpenidUnknown
from kit.api.blueprint import MemberBlueprint
from kit.api.idempotency import idempotent, idempotent_by_row
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import buyer
from kit.security.subject import current_buyer

shop = MemberBlueprint("order", __name__, description="订单 Orders of the customer", tag="订单 Orders")


@shop.route("/orders/quote", methods=["POST"])
@buyer
@raises(NotForSale, TooManyOfOne, OverOrderLimit, writes=False)
@shop.arguments(QuoteRequestSchema)
@shop.response(200, QuoteSchema)
def quote_order(request: dict[str, Any]) -> Any:
    """What an order would cost now; nothing is promised (结算预览)."""
    return services().quoting.quote(_quantities(request["items"]))


@shop.route("/orders", methods=["POST"])
@buyer
@raises(PriceMoved, NotForSale, OutOfStock, TooManyUnpaid, TooManyOfOne, OverOrderLimit, AddressNotFound)
@idempotent
@shop.arguments(PlaceOrderSchema)
@shop.response(201, PlacedOrderSchema)
def place_order(confirmed: dict[str, Any]) -> Any:
    """Place an order and reserve its stock (下单)."""
    wanted = Wanted(quantities=_quantities(confirmed.pop("items")), **confirmed)
    return services().placement.place(buyer_id=current_buyer(), wanted=wanted, now=utc_now())


@shop.route("/orders", methods=["GET"])
@buyer
@shop.arguments(OrderArguments, location="query")
@shop.response(200, page_of(OrderSchema))
def list_orders(filters: dict[str, Any]) -> Any:
    """The customer's orders, newest first."""
    return services().query.of_buyer(current_buyer(), **filters, now=utc_now())


@shop.route("/orders/<no>", methods=["GET"])
@buyer
@raises(OrderNotFound)
@shop.response(200, OrderDetailSchema)
def get_order(no: str) -> Any:
    """One order with lines, recipient, history and what may be done next."""
    return services().query.one_of_buyer(current_buyer(), no, now=utc_now())


@shop.route("/orders/<no>/payment", methods=["POST"])
@buyer
@raises(
    OrderNotFound,
    OpenidUnknown,
    ActionNotAllowed,
    PaymentDeadlineOver,
    NothingToPay,
    AttemptNotPayable,
    ChannelRefused,
    ChannelUnavailable,
)
@idempotent_by_row
@shop.response(200, PaymentParametersSchema)
def pay_order(no: str) -> Any:
    """Start or continue paying: the arguments of wx.requestPayment (支付)."""
    return services().paying.start(buyer_id=current_buyer(), order_no=no, now=utc_now())


@shop.route("/orders/<no>/cancel", methods=["POST"])
@buyer
@raises(OrderNotFound, ActionNotAllowed)
@idempotent
@shop.arguments(CancelSchema)
@shop.response(200, OrderStatusSchema)
def cancel_order(cancel: dict[str, Any], no: str) -> Any:
    """Cancel an unpaid order; `closing` until WeChat confirms that nobody can pay it (取消)."""
    return services().cancellation.by_buyer(buyer_id=current_buyer(), order_no=no, now=utc_now(), **cancel)


@shop.route("/orders/<no>/receipt", methods=["POST"])
@buyer
@raises(OrderNotFound, ActionNotAllowed)
@shop.response(200, OrderStatusSchema)
def confirm_receipt(no: str) -> Any:
    """The goods have arrived (确认收货)."""
    return services().fulfilment.confirm_receipt(buyer_id=current_buyer(), order_no=no, now=utc_now())


def _quantities(items: list[dict[str, int]]) -> dict[int, int]:
    quantities: Counter[int] = Counter()
    for item in items:
        quantities[item["sku_id"]] += item["quantity"]
    return dict(quantities)
