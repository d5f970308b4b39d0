"""Members of staff."""

from __future__ import annotations

from sqlalchemy import exists, select

from backend.user.domain.error import StaffNotFound, UsernameTaken
from backend.user.domain.role import Role
from backend.user.domain.staff import Staff, StaffRole, StaffStatus
from kit.db.error import duplicate_is
from kit.repository.base import Repository


class StaffRepository(Repository[Staff]):
    """Staff by id and by username."""

    entity = Staff

    def get(self, staff_id: int) -> Staff:
        """The member of staff. Raises `StaffNotFound`."""
        staff = self.by_id(staff_id)
        if staff is None:
            raise StaffNotFound
        return staff

    def of_username(self, username: str) -> Staff | None:
        """Whoever has this username, active or not."""
        return self.first(select(Staff).where(Staff.username == username))

    def add_new(self, staff: Staff) -> Staff:
        """Write a new member of staff. Raises `UsernameTaken`."""
        self.add(staff)
        with duplicate_is(UsernameTaken.naming("username")):
            self.flush()
        return staff

    def has_administrator(self) -> bool:
        """True while an active member of staff holds every permission."""
        holder = (
            exists()
            .where(Staff.status == StaffStatus.ACTIVE)
            .where(StaffRole.c.staff_id == Staff.id)
            .where(Role.id == StaffRole.c.role_id, Role.all_permissions.is_(True))
        )
        return bool(self.session.scalar(select(holder)))
