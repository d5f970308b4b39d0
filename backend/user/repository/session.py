"""Sessions and their refresh tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, select, update

from backend.user.domain.session import EndReason, LoginSession, RefreshToken, SessionKind
from kit.repository.base import Repository

BATCH = 500


class SessionRepository(Repository[LoginSession]):
    """Logins, found by their id or by a refresh token."""

    entity = LoginSession

    def begin(self, session: LoginSession) -> None:
        """Write a new session; its first token refers to the row."""
        self.add(session)
        self.flush()

    def add_token(self, token: RefreshToken) -> None:
        """Keep the next token of a session."""
        self.session.add(token)

    def lock_by_token(self, kind: SessionKind, token_hash: str) -> tuple[RefreshToken, LoginSession] | None:
        """The token and its session, held until the commit: of two refreshes at once, the second sees a used token."""
        query = (
            select(RefreshToken, LoginSession)
            .join(LoginSession, LoginSession.id == RefreshToken.session_id)
            .where(RefreshToken.token_hash == token_hash, LoginSession.kind == kind)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = self.session.execute(query).first()
        return None if row is None else (row[0], row[1])

    def end(self, session_id: int, reason: EndReason, *, at: datetime) -> None:
        """End one session, unless it is over already."""
        self._end(LoginSession.id == session_id, reason=reason, at=at)

    def end_all(
        self, kind: SessionKind, subject_id: int, reason: EndReason, *, at: datetime, keep: int | None = None
    ) -> None:
        """End all sessions of somebody, except `keep`."""
        others = () if keep is None else (LoginSession.id != keep,)
        self._end(LoginSession.subject_id == subject_id, LoginSession.kind == kind, *others, reason=reason, at=at)

    def _end(self, *conditions: Any, reason: EndReason, at: datetime) -> None:
        still_open = (LoginSession.ended_at.is_(None), LoginSession.expires_at > at)
        over = update(LoginSession).where(*conditions, *still_open)
        over = over.values(ended_at=at, end_reason=reason, expires_at=at)
        self.session.execute(over, execution_options={"synchronize_session": False})

    def delete_expired_tokens(self, *, before: datetime) -> int:
        """Delete a batch of tokens that expired before; returns how many."""
        expired = select(RefreshToken.id).where(RefreshToken.expires_at < before)
        return self._delete(RefreshToken, expired.order_by(RefreshToken.expires_at))

    def delete_tokens_of_dead_sessions(self, *, before: datetime) -> int:
        """Delete a batch of tokens whose session was over before; returns how many."""
        dead = select(RefreshToken.id).join(LoginSession, LoginSession.id == RefreshToken.session_id)
        return self._delete(RefreshToken, dead.where(LoginSession.expires_at < before))

    def delete_dead_sessions(self, *, before: datetime) -> int:
        """Delete a batch of sessions that were over before and have no tokens left; returns how many."""
        dead = select(LoginSession.id).where(LoginSession.expires_at < before)
        bare = dead.where(~exists().where(RefreshToken.session_id == LoginSession.id))
        return self._delete(LoginSession, bare.order_by(LoginSession.expires_at))

    def _delete(self, entity: type[RefreshToken] | type[LoginSession], chosen: Select[int]) -> int:
        # Ids first: MySQL takes no LIMIT inside IN (SELECT …).
        ids = list(self.session.scalars(chosen.limit(BATCH)))
        if ids:
            self.session.execute(delete(entity).where(entity.id.in_(ids)))
        return len(ids)
