from __future__ import annotations

import threading
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.user import facade
from backend.user.domain.error import RefreshRefused
from backend.user.domain.login_guard import LoginGuard
from backend.user.domain.session import EndReason, LoginSession, RefreshToken, SessionKind
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.repository.session import SessionRepository
from backend.user.service import sweeping
from backend.user.service.session import Tokens
from backend.user.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.security.token import refresh_token_hash
from kit.service.transaction import in_transaction
from tests.factories.user import make_customer, make_staff
from tests.support.threads import at_once

MEMBER, STAFF = SessionKind.MEMBER, SessionKind.STAFF


def open_session(kind: SessionKind = MEMBER, subject_id: int | None = None, now: datetime | None = None) -> Tokens:
    subject_id = subject_id or (make_customer() if kind is MEMBER else make_staff())
    return services().sessions.open(kind, subject_id, user_agent="tests", now=now or utc_now())


def refresh(tokens: Tokens, kind: SessionKind = MEMBER, now: datetime | None = None) -> Tokens:
    return services().sessions.refresh(kind, tokens.refresh_token, now=now or utc_now())


def the_session() -> LoginSession:
    db.session.rollback()
    return db.session.scalars(select(LoginSession).execution_options(populate_existing=True)).one()


def test_only_the_hash_of_a_refresh_token_is_stored(app: Flask) -> None:
    tokens = open_session()

    stored = db.session.scalars(select(RefreshToken)).one()

    assert stored.token_hash == refresh_token_hash(tokens.refresh_token)
    assert tokens.refresh_token not in str(vars(stored))


def test_a_refresh_gives_new_tokens_and_slides_a_members_session(app: Flask) -> None:
    now = utc_now()
    tokens = open_session(now=now)

    renewed = refresh(tokens, now=now + timedelta(days=29))

    assert renewed.refresh_token != tokens.refresh_token
    assert renewed.refresh_expires_in == 30 * 86400
    assert the_session().expires_at == now + timedelta(days=59)


def test_a_refresh_does_not_prolong_the_working_day_of_staff(app: Flask) -> None:
    now = utc_now()
    tokens = open_session(STAFF, now=now)

    renewed = refresh(tokens, STAFF, now=now + timedelta(hours=11, minutes=55))

    assert (renewed.expires_in, renewed.refresh_expires_in) == (300, 300)
    with pytest.raises(RefreshRefused):
        refresh(renewed, STAFF, now=now + timedelta(hours=12))


def test_a_used_token_ends_the_session_for_everybody(app: Flask) -> None:
    tokens = open_session()
    renewed = refresh(tokens)

    with pytest.raises(RefreshRefused):
        refresh(tokens)

    assert the_session().end_reason is EndReason.TOKEN_REUSED
    with pytest.raises(RefreshRefused):
        refresh(renewed)


@pytest.mark.parametrize("token", ["", "invented", "0" * 128])
def test_an_unknown_token_is_refused_and_changes_nothing(app: Flask, token: str) -> None:
    open_session()

    with pytest.raises(RefreshRefused):
        services().sessions.refresh(MEMBER, token, now=utc_now())

    assert the_session().ended_at is None


def test_a_members_token_opens_no_door_of_staff(app: Flask) -> None:
    tokens = open_session()

    with pytest.raises(RefreshRefused):
        refresh(tokens, STAFF)

    assert refresh(tokens).access_token


def test_an_expired_session_cannot_be_refreshed(app: Flask) -> None:
    now = utc_now()
    tokens = open_session(now=now)

    with pytest.raises(RefreshRefused):
        refresh(tokens, now=now + timedelta(days=30))

    assert the_session().ended_at is None


@pytest.mark.commits
def test_of_simultaneous_refreshes_at_most_one_wins_and_the_session_ends(app: Flask) -> None:
    results = at_once(app, [partial(refresh, open_session())] * 6)

    assert sorted(type(result).__name__ for result in results) == ["RefreshRefused"] * 5 + ["Tokens"]
    assert db.session.scalar(select(func.count()).select_from(RefreshToken)) == 2
    assert the_session().end_reason is EndReason.TOKEN_REUSED


@pytest.mark.commits
def test_without_the_lock_several_would_win(app: Flask, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    if database_kind == "sqlite":
        pytest.skip("SQLite locks the whole database at BEGIN")
    tokens, meet = open_session(), threading.Barrier(6)

    def unlocked(self: SessionRepository, _kind: SessionKind, token_hash: str) -> Any:
        query = select(RefreshToken, LoginSession).join(LoginSession, LoginSession.id == RefreshToken.session_id)
        row = self.session.execute(query.where(RefreshToken.token_hash == token_hash)).first()
        if not meet.broken:
            meet.wait(timeout=5)
        return row

    monkeypatch.setattr(SessionRepository, "lock_by_token", unlocked)

    winners = [result for result in at_once(app, [partial(refresh, tokens)] * 6) if isinstance(result, Tokens)]

    assert len(winners) > 1


def test_the_sweep_deletes_what_was_over_thirty_days_ago(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.user.repository.session.BATCH", 2)
    monkeypatch.setattr(sweeping, "BATCH", 2)
    customer, now = make_customer(), utc_now()
    for _ in range(5):
        open_session(subject_id=customer, now=now)
    ended = open_session(STAFF, now=now)
    alive = open_session(subject_id=customer, now=now + timedelta(days=40))
    refresh(alive, now=now + timedelta(days=60))
    services().sessions.end(session_of(ended), now=now + timedelta(hours=1))

    assert facade.sweep_sessions(now=now + timedelta(days=30)) == 0
    assert facade.sweep_sessions(now=now + timedelta(days=61)) == 12

    left = db.session.scalars(select(RefreshToken.session_id)).all()
    assert left == [session_of(alive)] * 2
    assert db.session.scalars(select(LoginSession.id)).all() == [session_of(alive)]


def test_the_sweep_forgets_names_that_nobody_tries_any_more(app: Flask) -> None:
    now = utc_now()

    def try_names() -> None:
        ages = {"old": 2, "@old": 2, "+older": 31, "new": 0.1, "@new": 0.1, "+old": 29}
        for key, days in ages.items():
            db.session.add(LoginGuard.first_try(key, at=now - timedelta(days=days)))

    in_transaction(try_names)

    facade.sweep_sessions(now=now)

    assert set(db.session.scalars(select(LoginGuard.key))) == {"new", "@new", "+old"}


def test_many_guesses_are_forgotten_a_few_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked = utc_now(), []
    delete_idle = LoginGuardRepository.delete_idle

    def asking(self: LoginGuardRepository, **said: Any) -> int:
        asked.append(said["limit"])
        return delete_idle(self, **said | {"limit": 2})

    monkeypatch.setattr(LoginGuardRepository, "delete_idle", asking)
    monkeypatch.setattr(sweeping, "SIZE", 2)
    guesses = [LoginGuard.first_try(f"guess-{number}", at=now - timedelta(days=2)) for number in range(5)]
    in_transaction(lambda: db.session.add_all(guesses))

    facade.sweep_sessions(now=now)

    assert (len(asked), db.session.scalars(select(LoginGuard.key)).all()) == (3, [])


def session_of(tokens: Tokens) -> int:
    query = select(RefreshToken.session_id).where(RefreshToken.token_hash == refresh_token_hash(tokens.refresh_token))
    found = db.session.scalar(query)
    assert found is not None
    return found
