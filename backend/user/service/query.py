"""Reads, straight from SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import scoped_session

from backend.user.domain.customer import Customer, CustomerStatus
from backend.user.domain.phone import masked_phone
from backend.user.domain.role import Role, RolePermission
from backend.user.domain.staff import Staff, StaffRole, StaffStatus
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST_CUSTOMER = Keyset((Customer.id.expression,), ("id",))
_NEWEST_STAFF = Keyset((Staff.id.expression,), ("id",))
_OLDEST_ROLE = Keyset((Role.id.expression,), ("id",), descending=False)


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """A customer as staff see them; the number is masked."""

    id: int
    nickname: str
    avatar_url: str | None
    phone: str | None
    status: CustomerStatus
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class StaffRow:
    """A member of staff with their roles."""

    id: int
    username: str
    name: str
    email: str | None
    status: StaffStatus
    created_at: datetime
    last_login_at: datetime | None
    version: int
    roles: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RoleRow:
    """A role with its permissions."""

    id: int
    code: str
    name: str
    all_permissions: bool
    version: int
    permissions: list[str] = field(default_factory=list)


class UserQuery:
    """Lists of customers, staff and roles; two queries at most, however many rows."""

    def __init__(self) -> None:
        self.session: scoped_session[Any] = db.session

    def customers(self, page: PageRequest, *, phone: str | None = None) -> Page[CustomerRow]:
        """Customers, newest first; only those with exactly this phone."""
        query = select(*_columns(Customer, CustomerRow))
        if phone is not None:
            query = query.where(Customer.phone == phone)
        return fetch_page(self.session, query, _NEWEST_CUSTOMER, page).map(_customer_row)

    def nicknames(self, ids: Collection[int]) -> list[CustomerRow]:
        """These customers, for lists that name them."""
        query = select(*_columns(Customer, CustomerRow)).where(Customer.id.in_(set(ids)))
        return [_customer_row(row) for row in self.session.execute(query)] if ids else []

    def staff(self, page: PageRequest) -> Page[StaffRow]:
        """Staff with their roles, newest first."""
        rows = fetch_page(self.session, select(*_columns(Staff, StaffRow, without={"roles"})), _NEWEST_STAFF, page)
        query = (
            select(StaffRole.c.staff_id, Role.id, Role.code, Role.name)
            .join(Role, Role.id == StaffRole.c.role_id)
            .where(StaffRole.c.staff_id.in_([row.id for row in rows.items]))
            .order_by(Role.id)
        )
        held = self.session.execute(query).all() if rows.items else []
        return rows.map(lambda row: StaffRow(**row._mapping, roles=[role for role in held if role.staff_id == row.id]))

    def roles(self, page: PageRequest) -> Page[RoleRow]:
        """Roles with their permissions, oldest first."""
        rows = fetch_page(self.session, select(*_columns(Role, RoleRow, without={"permissions"})), _OLDEST_ROLE, page)
        query = (
            select(RolePermission.role_id, RolePermission.permission)
            .where(RolePermission.role_id.in_([row.id for row in rows.items]))
            .order_by(RolePermission.permission)
        )
        named = self.session.execute(query).all() if rows.items else []
        return rows.map(
            lambda row: RoleRow(**row._mapping, permissions=[one.permission for one in named if one.role_id == row.id])
        )


def _columns(entity: type[Any], row: type[Any], without: Collection[str] = ()) -> list[Any]:
    return [getattr(entity, name) for name in row.__dataclass_fields__ if name not in without]


def _customer_row(row: Row[Any]) -> CustomerRow:
    return CustomerRow(**dict(row._mapping) | {"phone": masked_phone(row.phone)})
