"""Roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists, select

from backend.user.domain.error import RoleCodeTaken, RoleNotFound, UnknownRole
from backend.user.domain.role import ADMINISTRATOR, Role
from backend.user.domain.staff import StaffRole
from kit.db.error import duplicate_is
from kit.repository.base import Repository


class RoleRepository(Repository[Role]):
    """Roles, and who keeps them from disappearing."""

    entity = Role

    def lock(self, role_id: int) -> Role:
        """The role, held until the commit: two changes of one role wait for each other. Raises `RoleNotFound`."""
        role = self.first(select(Role).where(Role.id == role_id).with_for_update())
        if role is None:
            raise RoleNotFound
        return role

    def lock_administration(self) -> None:
        """Whoever changes staff waits here, so that two administrators cannot dismiss each other in one moment."""
        everything = select(Role.id).where(Role.all_permissions.is_(True)).order_by(Role.id).with_for_update()
        self.session.execute(everything).all()

    def of_ids(self, role_ids: Collection[int]) -> Sequence[Role]:
        """These roles, kept from being deleted until the commit. Raises `UnknownRole` naming the others."""
        query = select(Role).where(Role.id.in_(role_ids)).order_by(Role.id).with_for_update(read=True)
        roles = self.all(query) if role_ids else []
        missing = sorted(set(role_ids) - {role.id for role in roles})
        if missing:
            raise UnknownRole(errors={"role_ids": [str(role_id) for role_id in missing]})
        return roles

    def of_code(self, code: str) -> Role | None:
        """The role with this code."""
        return self.first(select(Role).where(Role.code == code))

    def administrator(self) -> Role:
        """The built-in role that holds every permission, made when it is missing."""
        return self.of_code(ADMINISTRATOR) or self.add(Role.administrator())

    def add_new(self, role: Role) -> Role:
        """Write a new role. Raises `RoleCodeTaken`."""
        self.add(role)
        with duplicate_is(RoleCodeTaken.naming("code")):
            self.flush()
        return role

    def is_held(self, role_id: int) -> bool:
        """True while somebody has this role."""
        return bool(self.session.scalar(select(exists().where(StaffRole.c.role_id == role_id))))
