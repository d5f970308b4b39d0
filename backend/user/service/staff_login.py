"""Staff log in with a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.user.domain.error import LoginRefused
from backend.user.domain.login_guard import GuardKeys
from backend.user.domain.session import SessionKind
from backend.user.domain.staff import Staff, username_of
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.staff import StaffRepository
from backend.user.service.password import Passwords
from backend.user.service.session import Sessions, Tokens
from kit.service.transaction import end_reading, transactional


@dataclass(frozen=True, kw_only=True)
class StaffTokens(Tokens):
    """Tokens, and whose they are."""

    staff: Staff


class StaffLogin:
    """Counts the try, looks at the password with no transaction open, then opens a session."""

    def __init__(
        self, staff: StaffRepository, guards: LoginGuardRepository, passwords: Passwords, sessions: Sessions
    ) -> None:
        self.staff = staff
        self.guards = guards
        self.passwords = passwords
        self.sessions = sessions

    def log_in(self, *, username: str, password: str, network: str, user_agent: str, now: datetime) -> StaffTokens:
        """Tokens for the right password, given from `network` (an address, or the /64 of one).

        Raises `UsernameInvalid`, `LockedOut`, `LoginRefused`.
        """
        keys = GuardKeys(username_of(username), network)
        end_reading()
        stored = self._count_try(keys, now)
        if not self.passwords.matches(stored, password) or stored is None:
            raise LoginRefused
        fresh = self.passwords.hash(password) if self.passwords.is_outdated(stored) else stored
        return self._enter(keys, stored, fresh, user_agent, now)

    @transactional
    def _count_try(self, keys: GuardKeys, now: datetime) -> str | None:
        """The stored hash; None when nobody active has this name."""
        self.guards.count_try(keys, at=now)
        staff = self.staff.of_username(keys.username)
        return staff.password_hash if staff is not None and staff.is_active else None

    @transactional
    def _enter(self, keys: GuardKeys, stored: str, fresh: str, user_agent: str, now: datetime) -> StaffTokens:
        staff = self.staff.of_username(keys.username)
        if staff is None or not staff.is_active or staff.password_hash != stored:
            # Dismissed, or given another password, while we compared.
            raise LoginRefused
        if fresh != stored:
            staff.set_password_hash(fresh)
        self.staff.note_login(staff, at=now)
        self.guards.welcome(keys, at=now)
        tokens = self.sessions.open(SessionKind.STAFF, staff.id, user_agent=user_agent, now=now)
        return StaffTokens(**vars(tokens), staff=staff)
