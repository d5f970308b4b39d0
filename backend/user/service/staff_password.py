"""Passwords of staff are changed: one's own, or somebody else's by whoever manages them."""

from __future__ import annotations

from datetime import datetime

from backend.user.domain.error import OwnAccount, WrongPassword
from backend.user.domain.login_guard import GuardKeys
from backend.user.domain.session import EndReason, SessionKind
from backend.user.domain.staff import acceptable_password
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.session import SessionRepository
from backend.user.repository.staff import StaffRepository
from backend.user.service.password import Passwords
from kit.service.transaction import end_reading, transactional


class StaffPassword:
    """A new password ends the sessions that the old one opened."""

    def __init__(
        self, staff: StaffRepository, guards: LoginGuardRepository, passwords: Passwords, sessions: SessionRepository
    ) -> None:
        self.staff = staff
        self.guards = guards
        self.passwords = passwords
        self.sessions = sessions

    def change_own(
        self, staff_id: int, *, session_id: int, network: str, current: str, new: str, now: datetime
    ) -> None:
        """One's own; the session at hand stays. Raises `WrongPassword`, `LockedOut`, `PasswordTooWeak`.

        A wrong current password counts like a wrong login: a borrowed access token must not try them all.
        """
        end_reading()
        username, stored = self._count_try(staff_id, network, now)
        acceptable_password(new, username=username, field="new_password")
        if not self.passwords.matches(stored, current):
            raise WrongPassword.naming("current_password")
        self._keep_own(staff_id, session_id, stored, self.passwords.hash(new), now)

    @transactional
    def _count_try(self, staff_id: int, network: str, now: datetime) -> tuple[str, str]:
        staff = self.staff.get(staff_id)
        self.guards.count_try(GuardKeys(staff.username, network), at=now)
        return staff.username, staff.password_hash

    @transactional
    def _keep_own(self, staff_id: int, session_id: int, stored: str, fresh: str, now: datetime) -> None:
        staff = self.staff.get(staff_id)
        if staff.password_hash != stored:
            raise WrongPassword.naming("current_password")
        staff.set_password_hash(fresh)
        self.guards.clear(staff.username)
        self.sessions.end_all(SessionKind.STAFF, staff_id, EndReason.PASSWORD_CHANGED, at=now, keep=session_id)

    def reset(self, *, actor_id: int, staff_id: int, password: str, now: datetime) -> None:
        """Somebody else's, by staff who hold all they hold. Raises `OwnAccount`, `GrantExceeded`, `StaffNotFound`."""
        if actor_id == staff_id:
            # That way asks for the current password.
            raise OwnAccount
        end_reading()
        acceptable_password(password, username=self._manageable(actor_id, staff_id))
        self._keep(actor_id, staff_id, self.passwords.hash(password), now)

    @transactional
    def _manageable(self, actor_id: int, staff_id: int) -> str:
        staff = self.staff.get(staff_id)
        self.staff.get(actor_id).grants.must_cover(staff.grants)
        return staff.username

    @transactional
    def _keep(self, actor_id: int, staff_id: int, fresh: str, now: datetime) -> None:
        username = self._manageable(actor_id, staff_id)
        self.staff.get(staff_id).set_password_hash(fresh)
        self.guards.clear(username)
        self.sessions.end_all(SessionKind.STAFF, staff_id, EndReason.PASSWORD_CHANGED, at=now)
