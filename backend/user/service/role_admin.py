"""Roles are made, changed and deleted."""

from __future__ import annotations

from collections.abc import Collection

from backend.user.domain.error import RoleInUse, UnknownPermission
from backend.user.domain.grant import Grants
from backend.user.domain.role import Role
from backend.user.repository.role import RoleRepository
from backend.user.repository.staff import StaffRepository
from kit.domain.version import check_version
from kit.security.permission import declared_permissions
from kit.service.transaction import transactional


class RoleAdmin:
    """Nobody puts a permission into a role, or takes one out, that they do not hold themselves."""

    def __init__(self, staff: StaffRepository, roles: RoleRepository) -> None:
        self.staff = staff
        self.roles = roles

    @transactional
    def create(self, *, actor_id: int, code: str, name: str, permissions: Collection[str]) -> Role:
        """A new role. Raises `RoleCodeTaken`, `UnknownPermission`, `GrantExceeded`."""
        _must_be_declared(permissions)
        role = Role.create(code=code, name=name, permissions=permissions)
        self.staff.get(actor_id).grants.must_cover(role.grants)
        return self.roles.add_new(role)

    @transactional
    def change(self, *, actor_id: int, role_id: int, version: int, name: str, permissions: Collection[str]) -> Role:
        """Another name and exactly these permissions, for everybody who holds the role, at once.

        Raises `RoleNotFound`, `StaleVersion`, `RoleBuiltIn`, `UnknownPermission`, `GrantExceeded`.
        """
        _must_be_declared(permissions)
        role = self.roles.lock(role_id)
        role.must_be_changeable()
        actor = self.staff.get(actor_id).grants
        actor.must_cover(role.grants)
        actor.must_cover(Grants(permissions=frozenset(permissions)))
        check_version(role, version)
        role.change(name=name, permissions=permissions)
        self.roles.flush()
        return role

    @transactional
    def delete(self, *, actor_id: int, role_id: int, version: int) -> None:
        """A role that nobody holds.

        Raises `RoleNotFound`, `StaleVersion`, `RoleBuiltIn`, `RoleInUse`, `GrantExceeded`.
        """
        role = self.roles.lock(role_id)
        role.must_be_changeable()
        self.staff.get(actor_id).grants.must_cover(role.grants)
        check_version(role, version)
        if self.roles.is_held(role_id):
            raise RoleInUse
        self.roles.remove(role)


def _must_be_declared(permissions: Collection[str]) -> None:
    unknown = sorted(set(permissions) - declared_permissions().keys())
    if unknown:
        raise UnknownPermission(errors={"permissions": unknown})
