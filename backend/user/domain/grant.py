"""What somebody may do, as a value that can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from backend.user.domain.error import GrantExceeded


class Granting(Protocol):
    """A role, as far as this calculation cares."""

    @property
    def all_permissions(self) -> bool: ...
    @property
    def permissions(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Grants:
    """Everything, or a set of permissions."""

    everything: bool = False
    permissions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, roles: Iterable[Granting]) -> Grants:
        """What the roles give together."""
        held = list(roles)
        permissions = frozenset(permission for role in held for permission in role.permissions)
        return cls(any(role.all_permissions for role in held), permissions)

    def cover(self, other: Grants) -> bool:
        """True when `other` allows nothing beyond this."""
        return self.everything or (not other.everything and other.permissions <= self.permissions)

    def must_cover(self, other: Grants) -> None:
        """Nobody gives, takes or touches what they do not hold. Raises `GrantExceeded`."""
        if not self.cover(other):
            raise GrantExceeded
