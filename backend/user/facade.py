"""What other contexts may ask of user. Every call joins the caller's transaction, except the sweep."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from backend.user.domain.error import AddressNotFound, OpenidUnknown
from backend.user.domain.staff import StaffStatus
from backend.user.wiring import services

__all__ = [
    "Address",
    "AddressNotFound",
    "CustomerCard",
    "OpenidUnknown",
    "RoleCard",
    "StaffCard",
    "address",
    "customers",
    "holders_of",
    "may",
    "openid",
    "role_ids_of",
    "roles",
    "roles_granting",
    "staff",
    "sweep_sessions",
    "who_may",
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


@dataclass(frozen=True, kw_only=True)
class StaffCard:
    """A member of staff in somebody else's list. `email` is None when none is known."""

    id: int
    username: str
    name: str
    email: str | None
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class RoleCard:
    """A role in somebody else's list."""

    id: int
    code: str
    name: str


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


def staff(*, ids: Collection[int]) -> dict[int, StaffCard]:
    """The cards of these members of staff with one query, also of who left; unknown ids are missing."""
    return {
        row.id: StaffCard(
            id=row.id,
            username=row.username,
            name=row.name,
            email=row.email,
            is_active=row.status is StaffStatus.ACTIVE,
        )
        for row in services().directory.cards(ids)
    }


def roles(*, ids: Collection[int]) -> dict[int, RoleCard]:
    """The cards of these roles with one query; one that does not exist (any more) is missing."""
    return {row.id: RoleCard(id=row.id, code=row.code, name=row.name) for row in services().directory.roles(ids)}


def role_ids_of(*, staff_id: int) -> frozenset[int]:
    """The roles somebody holds at this moment; none for who left."""
    return services().directory.role_ids_of(staff_id)


def may(*, staff_id: int, permission: str) -> bool:
    """True when an active member of staff holds the permission (``context:action``) at this moment."""
    return services().directory.may(staff_id, permission)


def holders_of(*, role_ids: Collection[int], permission: str) -> dict[int, tuple[int, ...]]:
    """Role → active staff who hold it and, by any of their roles, `permission`; a role without any has ()."""
    found: dict[int, list[int]] = {role_id: [] for role_id in role_ids}
    for row in services().directory.holders(role_ids, permission):
        found[row.role_id].append(row.staff_id)
    return {role_id: tuple(ids) for role_id, ids in found.items()}


def roles_granting(*, role_ids: Collection[int], permission: str) -> frozenset[int]:
    """Those of the roles that grant the permission to whoever holds them, anybody or not."""
    return services().directory.granting(role_ids, permission)


def who_may(*, permission: str) -> tuple[int, ...]:
    """The active staff who hold the permission, by any of their roles."""
    return services().directory.who_may(permission)


def sweep_sessions(*, now: datetime) -> int:
    """Delete sessions and tokens that were over 30 days ago, in batches of their own; returns how many rows."""
    return services().sweeping.sweep(now=now)
