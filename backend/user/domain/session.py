"""Sessions (登录会话): one row per login, and the chain of single-use refresh tokens that keeps it alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified
from kit.domain.identity import new_id

MAX_USER_AGENT = 200


class SessionKind(StrEnum):
    """Whose session: a customer's or a member of staff's."""

    MEMBER = "member"
    STAFF = "staff"


class EndReason(StrEnum):
    """Why a session ended before its time."""

    LOGGED_OUT = "logged_out"
    TOKEN_REUSED = "token_reused"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    PASSWORD_CHANGED = "password_changed"


@dataclass(frozen=True)
class Lifetime:
    """How long a session lives; a sliding one begins anew with each refresh."""

    length: timedelta
    sliding: bool


LIFETIMES = {
    SessionKind.MEMBER: Lifetime(timedelta(days=30), sliding=True),
    # A working day, counted from the password.
    SessionKind.STAFF: Lifetime(timedelta(hours=12), sliding=False),
}


class LoginSession(Identified, Entity):
    """One login. Access tokens name it, so ending it shuts every door at once."""

    __tablename__ = "usr_session"
    __table_args__ = (
        Index("ix_usr_session_subject", "subject_id", "kind"),
        Index("ix_usr_session_expires_at", "expires_at"),
    )

    kind: Mapped[SessionKind] = mapped_column(EnumText(SessionKind, "kind"))
    subject_id: Mapped[int] = mapped_column(BigId)
    user_agent: Mapped[str] = mapped_column(String(MAX_USER_AGENT))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # An ended session has expired at that moment: one index finds all that is over.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[EndReason | None] = mapped_column(EnumText(EndReason, "end_reason"))

    @classmethod
    def begin(cls, kind: SessionKind, subject_id: int, *, user_agent: str, at: datetime) -> LoginSession:
        """A fresh login."""
        return cls(
            id=new_id(),
            kind=kind,
            subject_id=subject_id,
            user_agent="".join(character for character in user_agent if character.isprintable())[:MAX_USER_AGENT],
            created_at=at,
            expires_at=at + LIFETIMES[kind].length,
        )

    def is_open(self, now: datetime) -> bool:
        """Neither ended nor expired."""
        return self.ended_at is None and now < self.expires_at

    def prolong(self, now: datetime) -> None:
        """A refresh happened: a sliding lifetime begins anew."""
        lifetime = LIFETIMES[self.kind]
        if lifetime.sliding:
            self.expires_at = now + lifetime.length

    def end(self, reason: EndReason, *, at: datetime) -> None:
        """Over, now; a session ends once."""
        if self.is_open(at):
            self.ended_at, self.end_reason, self.expires_at = at, reason, at


class RefreshToken(Identified, Entity):
    """One link of the chain: only its hash is known here, and it is good for one refresh."""

    __tablename__ = "usr_refresh_token"
    __table_args__ = (
        Index("ix_usr_refresh_token_session_id", "session_id"),
        Index("ix_usr_refresh_token_expires_at", "expires_at"),
    )

    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("usr_session.id"))
    token_hash: Mapped[str] = mapped_column(Code(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def issue(cls, session: LoginSession, token_hash: str, *, at: datetime) -> RefreshToken:
        """The next link; it lives as long as the session does."""
        return cls(session_id=session.id, token_hash=token_hash, issued_at=at, expires_at=session.expires_at)

    def was_used(self) -> bool:
        """True after its one refresh: whoever shows it again has stolen it, or was stolen from."""
        return self.used_at is not None

    def use(self, *, at: datetime) -> None:
        """Its one refresh."""
        self.used_at = at
