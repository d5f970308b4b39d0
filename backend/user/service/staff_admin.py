"""Staff are hired, given roles, and dismissed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from backend.user.domain.error import LastAdministrator, OwnAccount
from backend.user.domain.grant import Grants
from backend.user.domain.session import EndReason, SessionKind
from backend.user.domain.staff import Applicant, Staff, StaffStatus, acceptable_password, username_of
from backend.user.repository.role import RoleRepository
from backend.user.repository.session import SessionRepository
from backend.user.repository.staff import StaffRepository
from backend.user.service.password import Passwords
from kit.domain.version import check_version
from kit.service.transaction import end_reading, transactional


class StaffAdmin:
    """Nobody gives a role, or touches somebody, beyond what they hold themselves."""

    def __init__(
        self, staff: StaffRepository, roles: RoleRepository, passwords: Passwords, sessions: SessionRepository
    ) -> None:
        self.staff = staff
        self.roles = roles
        self.passwords = passwords
        self.sessions = sessions

    def hire(
        self,
        *,
        actor_id: int,
        username: str,
        name: str,
        password: str,
        role_ids: Collection[int],
        email: str | None = None,
        now: datetime,
    ) -> Staff:
        """A new member of staff. Raises `UsernameInvalid`, `UsernameTaken`, `PasswordTooWeak`, `UnknownRole`,
        `GrantExceeded`.
        """
        login = username_of(username)
        acceptable_password(password, username=login)
        end_reading()
        applicant = Applicant(username=login, name=name, email=email, password_hash=self.passwords.hash(password))
        return self._hire(actor_id, applicant, role_ids, now)

    @transactional
    def _hire(self, actor_id: int, applicant: Applicant, role_ids: Collection[int], now: datetime) -> Staff:
        roles = self.roles.of_ids(role_ids)
        self.staff.get(actor_id).grants.must_cover(Grants.of(roles))
        return self.staff.add_new(Staff.hire(applicant, roles=roles, at=now))

    @transactional
    def change(
        self,
        *,
        actor_id: int,
        staff_id: int,
        version: int,
        name: str,
        status: StaffStatus,
        role_ids: Collection[int],
        now: datetime,
        **address: str | None,
    ) -> Staff:
        """Another name, status and exactly these roles; another `email` only when one (or None) is given.

        Raises `StaffNotFound`, `StaleVersion`, `UnknownRole`, `GrantExceeded`, `OwnAccount`, `LastAdministrator`;
        then nothing has changed.
        """
        self.roles.lock_administration()
        roles = self.roles.of_ids(role_ids)
        staff, actor = self.staff.get(staff_id), self.staff.get(actor_id)
        actor.grants.must_cover(staff.grants)
        actor.grants.must_cover(Grants.of(roles))
        check_version(staff, version)
        if staff is actor and status is not StaffStatus.ACTIVE:
            raise OwnAccount
        was_administrator = staff.is_administrator
        staff.change(name=name, status=status, roles=roles)
        if "email" in address:
            staff.set_email(address["email"])
        self.staff.flush()
        if was_administrator and not staff.is_administrator and not self.staff.has_administrator():
            raise LastAdministrator
        if not staff.is_active:
            self.sessions.end_all(SessionKind.STAFF, staff_id, EndReason.DEACTIVATED, at=now)
        return staff
