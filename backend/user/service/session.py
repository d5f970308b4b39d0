"""Opens, renews and ends sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from loguru import logger

from backend.user.domain.error import RefreshRefused
from backend.user.domain.session import EndReason, LoginSession, RefreshToken, SessionKind
from backend.user.repository.session import SessionRepository
from kit.security.subject import SubjectKind
from kit.security.token import ACCESS_LIFETIME, Claims, issue_access_token, new_refresh_token, refresh_token_hash
from kit.service.transaction import transactional


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a client keeps of its session. Lifetimes in seconds."""

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str = field(repr=False)
    refresh_expires_in: int
    token_type: str = "Bearer"


class Sessions:
    """One login is one session: a family of refresh tokens, each good for one refresh."""

    def __init__(self, sessions: SessionRepository) -> None:
        self.sessions = sessions

    @transactional
    def open(self, kind: SessionKind, subject_id: int, *, user_agent: str, now: datetime) -> Tokens:
        """A session for somebody who has just proved who they are."""
        session = LoginSession.begin(kind, subject_id, user_agent=user_agent, at=now)
        self.sessions.begin(session)
        return self._issue(session, now)

    def refresh(self, kind: SessionKind, token: str, *, now: datetime) -> Tokens:
        """New tokens for a refresh token, once. Raises `RefreshRefused`; for a used one the whole session has ended.

        Two refreshes with one token at once are a reuse too: at most one of them gets tokens, and they die with the
        session. A client that lost an answer logs in again, which costs a customer nothing.
        """
        tokens = self._rotate(kind, refresh_token_hash(token), now)
        if tokens is None:
            raise RefreshRefused
        return tokens

    @transactional
    def _rotate(self, kind: SessionKind, token_hash: str, now: datetime) -> Tokens | None:
        # A refusal is returned, not raised: raising would roll the revocation back.
        found = self.sessions.lock_by_token(kind, token_hash)
        if found is None:
            return None
        token, session = found
        if not session.is_open(now):
            return None
        if token.was_used():
            logger.warning("refresh token of session {} used twice: session ended", session.id)
            session.end(EndReason.TOKEN_REUSED, at=now)
            return None
        token.use(at=now)
        session.prolong(now)
        return self._issue(session, now)

    @transactional
    def end(self, session_id: int, *, now: datetime) -> None:
        """Log out: the access token stops working with the session."""
        self.sessions.end(session_id, EndReason.LOGGED_OUT, at=now)

    def _issue(self, session: LoginSession, now: datetime) -> Tokens:
        refresh_token = new_refresh_token()
        self.sessions.add_token(RefreshToken.issue(session, refresh_token_hash(refresh_token), at=now))
        left = session.expires_at - now
        claims = Claims(SubjectKind(session.kind.value), session.subject_id, session.id)
        return Tokens(
            access_token=issue_access_token(claims),
            expires_in=int(min(ACCESS_LIFETIME, left).total_seconds()),
            refresh_token=refresh_token,
            refresh_expires_in=int(left.total_seconds()),
        )
