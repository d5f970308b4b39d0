from datetime import UTC, datetime, timedelta

import pytest

from backend.user.domain.error import LockedOut
from backend.user.domain.login_guard import LoginGuard
from backend.user.domain.session import EndReason, LoginSession, RefreshToken, SessionKind

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def session(kind: SessionKind = SessionKind.MEMBER, user_agent: str = "WeChat") -> LoginSession:
    return LoginSession.begin(kind, 7, user_agent=user_agent, at=NOW)


def test_a_refresh_prolongs_a_members_session_and_not_that_of_staff() -> None:
    member, staff = session(), session(SessionKind.STAFF)

    for one in (member, staff):
        one.prolong(NOW + timedelta(hours=1))

    assert member.expires_at == NOW + timedelta(days=30, hours=1)
    assert staff.expires_at == NOW + timedelta(hours=12)


def test_a_session_is_open_until_it_expires() -> None:
    staff = session(SessionKind.STAFF)

    assert staff.is_open(NOW + timedelta(hours=12) - MINUTE)
    assert not staff.is_open(NOW + timedelta(hours=12))


def test_a_session_ends_once() -> None:
    one = session()

    one.end(EndReason.TOKEN_REUSED, at=NOW + MINUTE)
    one.end(EndReason.LOGGED_OUT, at=NOW + 2 * MINUTE)

    assert (one.ended_at, one.end_reason, one.expires_at) == (NOW + MINUTE, EndReason.TOKEN_REUSED, NOW + MINUTE)
    assert not one.is_open(NOW + MINUTE)


def test_the_user_agent_is_trimmed_and_printable() -> None:
    assert session(user_agent="a\x01b\n" + "c" * 300).user_agent == "ab" + "c" * 198


def test_a_token_lives_as_long_as_its_session_and_is_used_once() -> None:
    staff = session(SessionKind.STAFF)
    token = RefreshToken.issue(staff, "hash", at=NOW)

    assert (token.expires_at, token.was_used()) == (staff.expires_at, False)

    token.use(at=NOW + MINUTE)

    assert token.was_used()


def guard_after(tries: int) -> LoginGuard:
    guard = LoginGuard.first_try("boss", at=NOW)
    for _ in range(tries - 1):
        guard.count_try(at=NOW)
    return guard


def test_ten_tries_are_allowed_and_the_eleventh_is_not() -> None:
    guard = guard_after(10)

    with pytest.raises(LockedOut) as refused:
        guard.count_try(at=NOW + MINUTE)

    assert (guard.tries, guard.last_try_at, refused.value.params) == (
        10,
        NOW,
        {"minutes": 14, "retry_after_seconds": 840},
    )


def test_the_lock_opens_after_fifteen_minutes_whatever_was_tried_meanwhile() -> None:
    guard = guard_after(10)
    with pytest.raises(LockedOut):
        guard.count_try(at=NOW + 14 * MINUTE)

    guard.count_try(at=NOW + 15 * MINUTE)

    assert guard.tries == 1


def test_tries_of_long_ago_do_not_count() -> None:
    guard = guard_after(9)

    guard.count_try(at=NOW + 20 * MINUTE)

    assert guard.tries == 1
