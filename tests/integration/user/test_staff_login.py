from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from backend.user.domain.error import LockedOut, LoginRefused, PasswordTooWeak, WrongPassword
from backend.user.domain.login_guard import GuardKeys, LoginGuard
from backend.user.domain.session import LoginSession, SessionKind
from backend.user.domain.staff import Staff, StaffStatus
from backend.user.repository.staff import StaffRepository
from backend.user.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import TransactionOpen, in_transaction
from tests.factories.user import PASSWORD, make_staff
from tests.factories.versions import version_of
from tests.support.threads import at_once

NEW_PASSWORD = "a new password 1"
HOME = "203.0.113.7"
HERE = GuardKeys("boss", HOME)


def log_in(username: str = "boss", password: str = PASSWORD, now: datetime | None = None, network: str = HOME) -> Any:
    return services().staff_login.log_in(
        username=username, password=password, network=network, user_agent="tests", now=now or utc_now()
    )


def fail(times: int, username: str = "boss", now: datetime | None = None, network: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused):
            log_in(username, "wrong password", now, network)


def guard_rows() -> dict[str, int]:
    """Key → tries."""
    db.session.rollback()
    return {row.key: row.tries for row in db.session.scalars(select(LoginGuard))}


def staff_row(staff_id: int) -> Staff:
    db.session.rollback()
    row = db.session.get(Staff, staff_id, populate_existing=True)
    assert row is not None
    return row


def open_sessions(staff_id: int) -> list[int]:
    db.session.rollback()
    query = select(LoginSession.id).where(LoginSession.subject_id == staff_id, LoginSession.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(LoginSession.id)))


def test_the_right_password_opens_a_session(app: Flask) -> None:
    staff_id, now = make_staff(username="boss"), utc_now()

    entered = log_in(" Boss ", now=now)

    assert (entered.staff.id, entered.refresh_expires_in) == (staff_id, 12 * 3600)
    assert staff_row(staff_id).last_login_at == now
    assert staff_row(staff_id).version == 1  # nobody has edited them
    assert len(open_sessions(staff_id)) == 1


@pytest.mark.parametrize("username", ["boss", "nobody", "gone"])
def test_wrong_unknown_and_inactive_are_not_told_apart(app: Flask, username: str) -> None:
    make_staff(username="boss")
    gone = make_staff(username="gone")
    in_transaction(lambda: setattr(db.session.get(Staff, gone), "status", StaffStatus.INACTIVE))

    with pytest.raises(LoginRefused) as refused:
        log_in(username, PASSWORD if username != "boss" else "wrong password")

    assert (refused.value.errors, refused.value.params) == ({}, {})
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_an_unknown_name_costs_as_much_as_a_wrong_password(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_staff(username="boss")
    verified: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, password_hash: str, password: str) -> Any:
        verified.append(password_hash.rsplit("$", 2)[0])
        return verify(self, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)

    fail(1, "boss")
    fail(1, "nobody")

    assert verified == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_ten_wrong_passwords_lock_the_name_even_for_the_right_one(app: Flask) -> None:
    make_staff(username="boss")
    now = utc_now()
    fail(10, now=now)

    with pytest.raises(LockedOut):
        log_in(now=now + timedelta(minutes=14, seconds=59))

    assert log_in(now=now + timedelta(minutes=15)).access_token


def test_unknown_names_are_locked_alike(app: Flask) -> None:
    fail(10, "nobody")

    with pytest.raises(LockedOut):
        log_in("nobody")


def test_success_forgets_the_failures(app: Flask) -> None:
    make_staff(username="boss")
    fail(9)
    log_in()

    fail(9)

    assert log_in().access_token


@pytest.mark.commits
def test_guesses_at_once_are_all_counted(app: Flask) -> None:
    make_staff(username="boss")

    results = at_once(app, [lambda: log_in(password="wrong password")] * 15)

    assert sorted(type(result).__name__ for result in results) == ["LockedOut"] * 5 + ["LoginRefused"] * 10
    assert guard_rows() == {HERE.pair: 10, HERE.name: 10}


def test_a_hash_of_other_parameters_is_made_anew(app: Flask) -> None:
    staff_id = make_staff(username="boss")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    in_transaction(lambda: staff_row_in_use_case(staff_id).set_password_hash(weak))

    log_in()

    fresh = staff_row(staff_id).password_hash
    assert fresh.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert log_in().access_token
    assert staff_row(staff_id).password_hash == fresh


def staff_row_in_use_case(staff_id: int) -> Staff:
    row = db.session.get(Staff, staff_id)
    assert row is not None
    return row


def test_passwords_are_compared_with_no_transaction_open(app: Flask) -> None:
    db.session.scalar(select(func.count()).select_from(Staff))

    with pytest.raises(TransactionOpen):
        services().staff_login.passwords.matches(None, PASSWORD)

    db.session.rollback()
    assert services().staff_login.passwords.matches(None, PASSWORD) is False


def test_a_password_changed_during_the_comparison_wins(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    staff_id = make_staff(username="boss")
    login = services().staff_login

    def slow(_hash: str | None, _password: str) -> bool:
        in_transaction(lambda: staff_row_in_use_case(staff_id).set_password_hash("other"))
        return True

    monkeypatch.setattr(login.passwords, "matches", slow)
    monkeypatch.setattr(login.passwords, "is_outdated", lambda _hash: False)

    with pytest.raises(LoginRefused):
        log_in()

    assert open_sessions(staff_id) == []


def test_changing_ones_password_ends_the_other_sessions(app: Flask) -> None:
    staff_id = make_staff(username="boss")
    for _ in range(3):
        log_in()
    kept = open_sessions(staff_id)[1]

    services().staff_password.change_own(
        staff_id, session_id=kept, network=HOME, current=PASSWORD, new=NEW_PASSWORD, now=utc_now()
    )

    assert open_sessions(staff_id) == [kept]
    fail(1)
    assert log_in(password=NEW_PASSWORD).access_token


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [("wrong password", NEW_PASSWORD, WrongPassword), (PASSWORD, "short", PasswordTooWeak)],
)
def test_a_refused_change_changes_nothing(app: Flask, current: str, new: str, error: type[Exception]) -> None:
    staff_id = make_staff(username="boss")
    log_in()
    before = open_sessions(staff_id)

    with pytest.raises(error):
        services().staff_password.change_own(
            staff_id, session_id=0, network=HOME, current=current, new=new, now=utc_now()
        )

    assert open_sessions(staff_id) == before
    assert log_in().access_token


def test_a_borrowed_token_cannot_try_all_passwords(app: Flask) -> None:
    staff_id = make_staff(username="boss")

    def change(current: str) -> None:
        services().staff_password.change_own(
            staff_id, session_id=0, network=HOME, current=current, new=NEW_PASSWORD, now=utc_now()
        )

    for _ in range(10):
        with pytest.raises(WrongPassword):
            change("wrong password")
    with pytest.raises(LockedOut):
        change(PASSWORD)


def test_comparing_takes_real_work(app: Flask) -> None:
    started = time.perf_counter()

    services().staff_login.passwords.matches(None, PASSWORD)

    assert time.perf_counter() - started > 0.002


def test_sessions_of_staff_are_sessions_of_staff(app: Flask) -> None:
    make_staff(username="boss")

    log_in()

    assert db.session.scalar(select(LoginSession.kind)) is SessionKind.STAFF


@pytest.mark.commits
@pytest.mark.mysql_only  # SQLite has one writer at a time
@pytest.mark.parametrize("guarded", [True, False])
def test_whoever_is_dismissed_while_logging_in_stays_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Control: noted whatever has happened since they were read, the dismissed have an open session."""
    boss, clerk = make_staff("all"), make_staff(username="clerk")
    whole, read = StaffRepository.of_username, []

    def dismiss() -> None:
        with app.app_context():
            gone = {"name": "x", "status": StaffStatus.INACTIVE, "role_ids": [], "version": version_of(Staff, clerk)}
            services().staff_admin.change(actor_id=boss, staff_id=clerk, **gone, now=utc_now())

    def read_then_dismissed(repository: StaffRepository, username: str) -> Staff | None:
        found = whole(repository, username)
        read.append(username)
        if len(read) == 2:  # the first one was for the password
            other = threading.Thread(target=dismiss)
            other.start()
            other.join()
        return found

    monkeypatch.setattr(StaffRepository, "of_username", read_then_dismissed)
    if guarded:
        with pytest.raises(LoginRefused):
            log_in("clerk")
    else:
        monkeypatch.setattr(StaffRepository, "note_login", lambda *_, **__: None)
        log_in("clerk")
    assert len(open_sessions(clerk)) == (0 if guarded else 1)
