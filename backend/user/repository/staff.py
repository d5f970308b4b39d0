"""Members of staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm.attributes import set_committed_value

from backend.user.domain.error import StaffNotFound, UsernameTaken
from backend.user.domain.role import Role
from backend.user.domain.staff import Staff, StaffRole, StaffStatus
from kit.db.changed import changed
from kit.db.error import RunAgain, duplicate_is
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

    def note_login(self, staff: Staff, *, at: datetime) -> None:
        """When they were last here; not another version: nobody has edited them. Raises `RunAgain` if somebody has."""
        self.flush()
        as_read = update(Staff).where(Staff.id == staff.id, Staff.version == staff.version)
        if not changed(self.session, as_read.values(last_login_at=at)):
            raise RunAgain
        set_committed_value(staff, "last_login_at", at)

    def has_administrator(self) -> bool:
        """True while an active member of staff holds every permission."""
        holder = (
            exists()
            .where(Staff.status == StaffStatus.ACTIVE)
            .where(StaffRole.c.staff_id == Staff.id)
            .where(Role.id == StaffRole.c.role_id, Role.all_permissions.is_(True))
        )
        return bool(self.session.scalar(select(holder)))
