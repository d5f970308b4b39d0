"""The operator of the machine makes the first member of staff, and helps out whoever forgot a password."""

from __future__ import annotations

from datetime import datetime

from backend.user.domain.error import RoleNotFound, StaffNotFound
from backend.user.domain.session import EndReason, SessionKind
from backend.user.domain.staff import Applicant, Staff, acceptable_password, username_of
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.role import RoleRepository
from backend.user.repository.session import SessionRepository
from backend.user.repository.staff import StaffRepository
from backend.user.service.password import Passwords
from kit.service.transaction import end_reading, transactional


class StaffSetup:
    """From the command line: whoever can run it could write into the database as well, so no grants are asked for."""

    def __init__(
        self,
        staff: StaffRepository,
        roles: RoleRepository,
        guards: LoginGuardRepository,
        passwords: Passwords,
        sessions: SessionRepository,
    ) -> None:
        self.staff = staff
        self.roles = roles
        self.guards = guards
        self.passwords = passwords
        self.sessions = sessions

    def create(self, *, username: str, name: str, role_code: str, password: str, now: datetime) -> Staff:
        """A member of staff with one role; the built-in role is made on the way. Raises `UsernameTaken`,
        `UsernameInvalid`, `PasswordTooWeak`, `RoleNotFound`.
        """
        login = username_of(username)
        acceptable_password(password, username=login)
        end_reading()
        applicant = Applicant(username=login, name=name, password_hash=self.passwords.hash(password))
        return self._create(applicant, role_code, now)

    @transactional
    def _create(self, applicant: Applicant, role_code: str, now: datetime) -> Staff:
        administrator = self.roles.administrator()
        role = administrator if role_code == administrator.code else self.roles.of_code(role_code)
        if role is None:
            raise RoleNotFound
        return self.staff.add_new(Staff.hire(applicant, roles=[role], at=now))

    def set_password(self, *, username: str, password: str, now: datetime) -> None:
        """A new password; every session ends, a lock-out too. Raises `StaffNotFound`, `PasswordTooWeak`."""
        login = username_of(username)
        acceptable_password(password, username=login)
        end_reading()
        self._keep_password(login, self.passwords.hash(password), now)

    @transactional
    def _keep_password(self, username: str, password_hash: str, now: datetime) -> None:
        staff = self.staff.of_username(username)
        if staff is None:
            raise StaffNotFound
        staff.set_password_hash(password_hash)
        self.guards.clear(username)
        self.sessions.end_all(SessionKind.STAFF, staff.id, EndReason.PASSWORD_CHANGED, at=now)
