"""Member routes of the cart."""

from __future__ import annotations

from typing import Any

from backend.cart.domain.error import CartFull, LineNotFound, OverOrderLimit, SkuNotSold
from backend.cart.schema.cart import AddLineSchema, CartLineSchema, CartSchema, ChangeLineSchema
from backend.cart.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.security.guard import buyer
from kit.security.subject import current_buyer

shop = MemberBlueprint("cart", __name__, description="购物车 The customer's cart", tag="购物车 Cart")


@shop.route("/cart", methods=["GET"])
@buyer
@shop.response(200, CartSchema)
def get_cart() -> Any:
    """The cart with today's prices and marks."""
    return services().query.view(customer_id=current_buyer())


@shop.route("/cart/lines", methods=["POST"])
@buyer
@raises(SkuNotSold, CartFull, OverOrderLimit)
@shop.arguments(AddLineSchema)
@shop.response(201, CartLineSchema)
def add_to_cart(line: dict[str, Any]) -> Any:
    """Put a SKU in, on top of what is there."""
    return services().editing.add(customer_id=current_buyer(), now=utc_now(), **line)


@shop.route("/cart/lines/<id:sku_id>", methods=["PUT"])
@buyer
@raises(LineNotFound, OverOrderLimit)
@shop.arguments(ChangeLineSchema)
@shop.response(200, CartLineSchema)
def change_cart_line(change: dict[str, Any], sku_id: int) -> Any:
    """Set the quantity of a line."""
    return services().editing.change(customer_id=current_buyer(), sku_id=sku_id, **change)


@shop.route("/cart/lines/<id:sku_id>", methods=["DELETE"])
@buyer
@shop.response(204)
def remove_cart_line(sku_id: int) -> None:
    """Take a SKU out; what is not there is fine."""
    services().editing.remove(customer_id=current_buyer(), sku_ids=[sku_id])


@shop.route("/cart/lines", methods=["DELETE"])
@buyer
@shop.response(204)
def clear_cart() -> None:
    """Take everything out."""
    services().editing.clear(customer_id=current_buyer())
