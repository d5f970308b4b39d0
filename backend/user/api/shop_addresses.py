"""Members keep their addresses."""

from __future__ import annotations

from typing import Any

from backend.user.domain.address import AddressDetails
from backend.user.domain.error import AddressNotFound, PhoneInvalid, TooManyAddresses
from backend.user.schema.address import AddressDetailsSchema, AddressSchema
from backend.user.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.repository.page import Page
from kit.schema.page import page_of
from kit.security.guard import buyer
from kit.security.subject import current_buyer

shop_addresses = MemberBlueprint(
    "member_addresses", __name__, description="收货地址 One's own addresses, at most 20", tag="收货地址 Addresses"
)


@shop_addresses.route("/addresses", methods=["GET"])
@buyer
@shop_addresses.response(200, page_of(AddressSchema))
def list_addresses() -> Any:
    """All addresses on one page, the default one first."""
    return Page(services().addresses.book(current_buyer()).addresses, None)


@shop_addresses.route("/addresses", methods=["POST"])
@buyer
@raises(TooManyAddresses, PhoneInvalid)
@shop_addresses.arguments(AddressDetailsSchema)
@shop_addresses.response(201, AddressSchema)
def add_address(details: AddressDetails) -> Any:
    """Add an address. The first one becomes the default (默认地址)."""
    return services().address_keeping.add(current_buyer(), details, now=utc_now())


@shop_addresses.route("/addresses/<id:address_id>", methods=["GET"])
@buyer
@raises(AddressNotFound)
@shop_addresses.response(200, AddressSchema)
def get_address(address_id: int) -> Any:
    """One address."""
    return services().addresses.of_customer(current_buyer(), address_id)


@shop_addresses.route("/addresses/<id:address_id>", methods=["PUT"])
@buyer
@raises(AddressNotFound, PhoneInvalid)
@shop_addresses.arguments(AddressDetailsSchema)
@shop_addresses.response(200, AddressSchema)
def update_address(details: AddressDetails, address_id: int) -> Any:
    """Replace an address. Orders placed before keep the old one."""
    return services().address_keeping.rewrite(current_buyer(), address_id, details)


@shop_addresses.route("/addresses/<id:address_id>", methods=["DELETE"])
@buyer
@raises(AddressNotFound)
@shop_addresses.response(204)
def delete_address(address_id: int) -> None:
    """Delete an address. If it was the default, the newest of the others takes its place."""
    services().address_keeping.remove(current_buyer(), address_id)


@shop_addresses.route("/addresses/<id:address_id>/default", methods=["PUT"])
@buyer
@raises(AddressNotFound)
@shop_addresses.response(200, AddressSchema)
def make_address_default(address_id: int) -> Any:
    """Make an address the default one."""
    return services().address_keeping.make_default(current_buyer(), address_id)
