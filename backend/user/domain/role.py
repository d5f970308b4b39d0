"""Roles (角色): named sets of permissions that members of staff hold."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from backend.user.domain.error import RoleBuiltIn
from backend.user.domain.grant import Grants
from kit.db.types import BigId, Code
from kit.domain.entity import Aggregate, Entity

ADMINISTRATOR = "administrator"


class RolePermission(Entity):
    """One permission of a role, by its stable name; one that the program no longer declares allows nothing."""

    __tablename__ = "usr_role_permission"

    role_id: Mapped[int] = mapped_column(BigId, ForeignKey("usr_role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(Code(80), primary_key=True)


class Role(Aggregate):
    """A role. One with `all_permissions` holds every permission there is or will be; only the command line makes it."""

    __tablename__ = "usr_role"

    code: Mapped[str] = mapped_column(Code(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    all_permissions: Mapped[bool] = mapped_column(Boolean)
    rows: Mapped[list[RolePermission]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @classmethod
    def create(cls, *, code: str, name: str, permissions: Collection[str]) -> Role:
        """A role of staff's own making."""
        role = cls(code=code, name=name, all_permissions=False)
        role._grant(permissions)
        return role

    @classmethod
    def administrator(cls) -> Role:
        """The built-in role."""
        return cls(code=ADMINISTRATOR, name="超级管理员", all_permissions=True)

    @property
    def permissions(self) -> frozenset[str]:
        """The permissions it names; empty for a role that holds all."""
        return frozenset(row.permission for row in self.rows)

    @property
    def grants(self) -> Grants:
        """What it allows."""
        return Grants.of([self])

    def can_change(self) -> bool:
        """False for the built-in one."""
        return not self.all_permissions

    def must_be_changeable(self) -> None:
        """Raises `RoleBuiltIn`."""
        if not self.can_change():
            raise RoleBuiltIn

    def change(self, *, name: str, permissions: Collection[str]) -> None:
        """Take a new name and exactly these permissions. Raises `RoleBuiltIn`."""
        self.must_be_changeable()
        self.name = name
        # Permissions stand in another table: they alone would leave the version as it is.
        flag_modified(self, "name")
        self._grant(permissions)

    def _grant(self, permissions: Collection[str]) -> None:
        kept = [row for row in self.rows if row.permission in permissions]
        fresh = set(permissions) - {row.permission for row in kept}
        self.rows = [*kept, *(RolePermission(permission=permission) for permission in sorted(fresh))]
