"""Member routes of wishes."""

from __future__ import annotations

from typing import Any

from backend.wish.domain.error import AlreadyWished, SkuUnknown
from backend.wish.schema.wish import NewWishSchema, WishesSchema, WishSchema
from backend.wish.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.security.guard import buyer
from kit.security.subject import current_buyer

shop = MemberBlueprint("wish", __name__, description="心愿单 The customer's wishes", tag="心愿单 Wishes")


@shop.route("/wishes", methods=["GET"])
@buyer
@shop.response(200, WishesSchema)
def list_wishes() -> Any:
    """All wishes, the newest first."""
    return {"items": services().wishing.of_customer(current_buyer())}


@shop.route("/wishes", methods=["POST"])
@buyer
@raises(SkuUnknown, AlreadyWished)
@shop.arguments(NewWishSchema)
@shop.response(201, WishSchema)
def make_wish(wish: dict[str, Any]) -> Any:
    """Put a SKU on the list."""
    return services().wishing.make(customer_id=current_buyer(), now=utc_now(), **wish)
