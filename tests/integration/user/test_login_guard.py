"""Wrong passwords are counted per name and network, and per name: who is stopped, and who is not."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Select, func, select

from backend.user.domain.error import LockedOut, LoginRefused
from backend.user.domain.login_guard import KNOWN, LOCK, MAX_TRIES_EVERYWHERE, GuardKeys, LoginGuard
from backend.user.repository.login_guard import LoginGuardRepository
from backend.user.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from tests.factories.user import PASSWORD, make_staff
from tests.support.threads import at_once

OFFICE, ELSEWHERE = "203.0.113.7", "2001:db8:1:2::/64"
NOW = utc_now()


def log_in(network: str, *, username: str = "boss", password: str = PASSWORD, now: datetime = NOW) -> str:
    """What came of it, by name."""
    try:
        services().staff_login.log_in(
            username=username, password=password, network=network, user_agent="tests", now=now
        )
    except (LockedOut, LoginRefused) as refused:
        return type(refused).__name__
    return "in"


def guess(network: str, *, username: str = "boss", now: datetime = NOW) -> str:
    return log_in(network, username=username, password="wrong password", now=now)


def count_as(username: str, tries: int, *, at: datetime = NOW) -> None:
    """As if many networks had tried so often."""

    def keep() -> None:
        db.session.add(LoginGuard(key=username, tries=tries, last_try_at=at))

    in_transaction(keep)


def tries_of(key: str) -> int | None:
    db.session.rollback()
    return db.session.scalar(select(LoginGuard.tries).where(LoginGuard.key == key))


@pytest.mark.parametrize("username", ["boss", "nobody"])
def test_one_network_is_stopped_and_the_name_stays_open_elsewhere(app: Flask, username: str) -> None:
    make_staff(username="boss")

    assert [guess(ELSEWHERE, username=username) for _ in range(11)] == ["LoginRefused"] * 10 + ["LockedOut"]

    assert guess(OFFICE, username=username) == "LoginRefused"
    assert log_in(OFFICE) == "in"
    assert log_in(ELSEWHERE, username=username) == "LockedOut"


def test_a_locked_network_adds_nothing_to_the_count_of_the_name(app: Flask) -> None:
    make_staff(username="boss")
    for _ in range(30):
        guess(ELSEWHERE)

    assert tries_of("boss") == 10


def test_one_network_cannot_hold_a_name_shut_however_long_it_tries(app: Flask) -> None:
    """Every minute for two days: its owner comes in from anywhere at any moment."""
    make_staff(username="boss")
    most = 0
    for minute in range(2 * 24 * 60):
        keys, at = GuardKeys("boss", ELSEWHERE), NOW + timedelta(minutes=minute)
        with suppress(LockedOut):
            in_transaction(lambda keys=keys, at=at: LoginGuardRepository().count_try(keys, at=at))
        most = max(most, tries_of("boss") or 0)

    assert most == 10
    assert log_in(OFFICE, now=NOW + timedelta(days=2)) == "in"


@pytest.mark.parametrize("username", ["boss", "nobody"])
def test_a_hundred_tries_from_many_networks_lock_the_name_for_strangers(app: Flask, username: str) -> None:
    make_staff(username="boss")
    count_as(username, MAX_TRIES_EVERYWHERE - 1)

    assert [guess(f"198.51.100.{n}", username=username) for n in range(3)] == ["LoginRefused", "LockedOut", "LockedOut"]
    assert log_in(OFFICE, username=username, now=NOW + LOCK - timedelta(seconds=1)) == "LockedOut"
    assert guess(OFFICE, username=username, now=NOW + LOCK) == "LoginRefused"


def test_a_refused_try_changes_nothing(app: Flask) -> None:
    make_staff(username="boss")
    count_as("boss", MAX_TRIES_EVERYWHERE)
    before = db.session.scalar(select(func.count()).select_from(LoginGuard))

    assert log_in(OFFICE) == "LockedOut"

    assert tries_of("boss") == MAX_TRIES_EVERYWHERE
    assert db.session.scalar(select(func.count()).select_from(LoginGuard)) == before


def test_where_its_owner_logged_in_a_name_is_not_locked_by_others(app: Flask) -> None:
    make_staff(username="boss")
    assert log_in(OFFICE) == "in"
    count_as("boss", MAX_TRIES_EVERYWHERE, at=NOW)

    assert log_in(ELSEWHERE) == "LockedOut"
    assert log_in(OFFICE) == "in"


def test_a_network_is_known_for_thirty_days(app: Flask) -> None:
    make_staff(username="boss")
    log_in(OFFICE)
    late = NOW + KNOWN
    count_as("boss", MAX_TRIES_EVERYWHERE, at=late)

    assert log_in(OFFICE, now=late - timedelta(seconds=1)) == "in"

    count_as("other", MAX_TRIES_EVERYWHERE, at=late)
    make_staff(username="other")
    assert log_in(OFFICE, username="other", now=late) == "LockedOut"


def test_a_known_network_has_ten_tries_like_any_other(app: Flask) -> None:
    make_staff(username="boss")
    log_in(OFFICE)

    assert [guess(OFFICE) for _ in range(11)] == ["LoginRefused"] * 10 + ["LockedOut"]


def test_a_new_password_forgets_every_network(app: Flask) -> None:
    make_staff(username="boss")
    make_staff(username="other")
    log_in(OFFICE)
    for name in ("boss", "other"):
        guess(ELSEWHERE, username=name)

    services().staff_setup.set_password(username="boss", password="a new password 1", now=NOW)

    db.session.rollback()
    other = GuardKeys("other", ELSEWHERE)
    assert set(db.session.scalars(select(LoginGuard.key))) == {other.pair, other.name}


@pytest.mark.parametrize("username", ["abc", "a" * 32])
def test_keys_fit_and_are_no_usernames(username: str) -> None:
    keys = GuardKeys(username, OFFICE)
    assert (len(keys.pair), len(keys.known), keys.pair[0], keys.known[0]) == (32, 32, "@", "+")
    assert keys != GuardKeys(username, ELSEWHERE)
    assert len({keys.pair, keys.known, GuardKeys(username, ELSEWHERE).pair, GuardKeys("other", OFFICE).pair}) == 4


def guesses_at_once(app: Flask, networks: list[str]) -> list[str]:
    """What came of one wrong password from each, at the same moment."""
    return sorted(at_once(app, [partial(guess, network) for network in networks]))


NETWORKS = [f"198.51.100.{number}" for number in range(15)]


@pytest.mark.commits
def test_guesses_from_many_networks_at_once_are_all_counted(app: Flask) -> None:
    make_staff(username="boss")
    count_as("boss", MAX_TRIES_EVERYWHERE - 10)

    assert guesses_at_once(app, NETWORKS) == ["LockedOut"] * 5 + ["LoginRefused"] * 10
    assert tries_of("boss") == MAX_TRIES_EVERYWHERE


@pytest.mark.commits
@pytest.mark.mysql_only
def test_without_the_row_lock_guesses_slip_through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    make_staff(username="boss")
    count_as("boss", MAX_TRIES_EVERYWHERE - 10)
    monkeypatch.setattr(Select, "with_for_update", lambda query, **_options: query)

    guesses_at_once(app, NETWORKS)

    assert (tries_of("boss") or 0) < MAX_TRIES_EVERYWHERE
