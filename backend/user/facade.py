"""What other contexts may ask of user. Every call joins the caller's transaction, except the sweep."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from backend.user.domain.error import AddressNotFound, OpenidUnknown
from backend.user.wiring import services

__all__ = [
    "Address",
    "AddressNotFound",
    "CustomerCard",
    "OpenidUnknown",
    "address",
    "customers",
    "openid",
    "sweep_sessions",
]


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a parcel goes, as it is now: an order keeps its own copy."""

    id: int
    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    region_code: str | None


@dataclass(frozen=True, kw_only=True)
class CustomerCard:
    """A customer in somebody else's list. `phone` is masked: ``138****8000``."""

    id: int
    nickname: str
    phone: str | None


def address(*, customer_id: int, address_id: int) -> Address:
    """One of the customer's addresses. Raises `AddressNotFound`, for somebody else's too."""
    found = services().addresses.of_customer(customer_id, address_id)
    return Address(
        id=found.id,
        receiver=found.receiver,
        phone=found.phone,
        province=found.province,
        city=found.city,
        district=found.district,
        detail=found.detail,
        region_code=found.region_code,
    )


def openid(*, customer_id: int, appid: str) -> str:
    """Who the customer is in this mini-program: the payer of a prepay. Raises `OpenidUnknown`."""
    found = services().customers.openid(customer_id, appid)
    if found is None:
        raise OpenidUnknown
    return found


def customers(*, ids: Collection[int]) -> dict[int, CustomerCard]:
    """The cards of these customers with one query; unknown ids are missing."""
    rows = services().query.nicknames(ids)
    return {row.id: CustomerCard(id=row.id, nickname=row.nickname, phone=row.phone) for row in rows}


def sweep_sessions(*, now: datetime) -> int:
    """Delete sessions and tokens that were over 30 days ago, in batches of their own; returns how many rows."""
    return services().sweeping.sweep(now=now)
