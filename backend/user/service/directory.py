"""Who works here, as other contexts ask: who holds which role, and who may do what. Active staff only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, scoped_session

from backend.user.domain.role import Role, RolePermission
from backend.user.domain.staff import Staff, StaffRole, StaffStatus
from kit.db.extension import db

_ACTIVE = Staff.status == StaffStatus.ACTIVE


class Directory:
    """One query per question."""

    def __init__(self) -> None:
        self.session: scoped_session[Any] = db.session

    def cards(self, staff_ids: Collection[int]) -> Sequence[Any]:
        """id, username, name, email, status of these, whether they still work here or not."""
        query = select(Staff.id, Staff.username, Staff.name, Staff.email, Staff.status)
        return self.session.execute(query.where(Staff.id.in_(set(staff_ids)))).all() if staff_ids else []

    def roles(self, role_ids: Collection[int]) -> Sequence[Any]:
        """id, code, name of these roles."""
        query = select(Role.id, Role.code, Role.name).where(Role.id.in_(set(role_ids)))
        return self.session.execute(query).all() if role_ids else []

    def role_ids_of(self, staff_id: int) -> frozenset[int]:
        """The roles somebody holds now; none for who left."""
        query = (
            select(StaffRole.c.role_id)
            .join(Staff, Staff.id == StaffRole.c.staff_id)
            .where(StaffRole.c.staff_id == staff_id, _ACTIVE)
        )
        return frozenset(self.session.scalars(query))

    def may(self, staff_id: int, permission: str) -> bool:
        """True when an active member of staff holds the permission."""
        return bool(self.session.scalar(select(exists().where(Staff.id == staff_id, _ACTIVE, _holds(permission)))))

    def holders(self, role_ids: Collection[int], permission: str) -> Sequence[Any]:
        """(role_id, staff_id) of active staff who hold one of the roles and, by any role of theirs, `permission`."""
        query = (
            select(StaffRole.c.role_id, StaffRole.c.staff_id)
            .join(Staff, Staff.id == StaffRole.c.staff_id)
            .where(StaffRole.c.role_id.in_(set(role_ids)), _ACTIVE, _holds(permission))
            .order_by(StaffRole.c.staff_id)
        )
        return self.session.execute(query).all() if role_ids else []

    def granting(self, role_ids: Collection[int], permission: str) -> frozenset[int]:
        """Those of the roles that have `permission`."""
        query = select(Role.id).where(Role.id.in_(set(role_ids)), _grants(Role, permission))
        return frozenset(self.session.scalars(query)) if role_ids else frozenset()

    def who_may(self, permission: str) -> tuple[int, ...]:
        """Active staff who hold `permission` by any role of theirs."""
        return tuple(self.session.scalars(select(Staff.id).where(_ACTIVE, _holds(permission)).order_by(Staff.id)))


def _holds(permission: str) -> ColumnElement[bool]:
    """Of the Staff row of the query around it."""
    held, role = StaffRole.alias(), aliased(Role)
    return (
        exists()
        .where(held.c.staff_id == Staff.id, role.id == held.c.role_id)
        .where(_grants(role, permission))
        .correlate(Staff)
    )


def _grants(role: type[Role], permission: str) -> ColumnElement[bool]:
    """Of the row of `role`, of the query around it."""
    named = exists().where(RolePermission.role_id == role.id, RolePermission.permission == permission)
    return or_(role.all_permissions.is_(True), named.correlate(role))
