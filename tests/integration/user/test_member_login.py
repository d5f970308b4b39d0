from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.user.domain.customer import Customer, CustomerIdentity, CustomerStatus
from backend.user.domain.error import CustomerBlocked
from backend.user.domain.port import WechatUser
from backend.user.domain.session import LoginSession
from backend.user.repository.customer import CustomerRepository
from backend.user.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.outbox import OutboxMessage
from kit.service.transaction import LostRace, end_reading
from tests.factories.user import make_customer
from tests.support.threads import at_once


def log_in(code: str = "dev-alice") -> Any:
    return services().member_login.log_in(code=code, user_agent="WeChat", now=utc_now())


def count(entity: type[Any]) -> int:
    number = db.session.scalar(select(func.count()).select_from(entity))
    end_reading()
    assert number is not None
    return number


def test_the_first_login_registers_and_the_second_finds(app: Flask) -> None:
    first, second, other = log_in(), log_in(), log_in("dev-bob")

    assert first.customer.id == second.customer.id != other.customer.id
    assert (count(Customer), count(CustomerIdentity), count(LoginSession)) == (2, 2, 3)
    told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(one.name, one.payload) for one in told] == [
        ("user.customer_registered", {"customer_id": first.customer.id}),
        ("user.customer_registered", {"customer_id": other.customer.id}),
    ]


def test_an_openid_in_another_case_is_somebody_else(app: Flask) -> None:
    assert log_in("dev-abc").customer.id != log_in("dev-ABC").customer.id


def test_a_unionid_that_comes_later_is_remembered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = log_in()
    monkeypatch.setattr(services().member_login.wechat, "login", lambda _code: WechatUser("dev_alice", "u_alice"))

    second = log_in()

    assert (db.session.scalar(select(CustomerIdentity.unionid)), second.customer.id) == ("u_alice", first.customer.id)


def test_a_blocked_customer_gets_no_session(app: Flask) -> None:
    make_customer(openid="dev_alice", status=CustomerStatus.BLOCKED)

    with pytest.raises(CustomerBlocked):
        log_in()

    assert count(LoginSession) == 0


def test_reads_before_the_login_hold_no_transaction_during_the_call(app: Flask) -> None:
    db.session.scalar(select(func.count()).select_from(Customer))

    # The gateway asserts that no transaction is open.
    assert log_in().customer.id


def test_whoever_registers_second_finds_the_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = make_customer(openid="dev_alice")
    miss_once(monkeypatch)

    entered = log_in()

    assert entered.customer.id == earlier
    assert (count(Customer), count(CustomerIdentity), count(LoginSession)) == (1, 1, 1)
    assert count(OutboxMessage) == 1


def test_a_register_that_never_shows_up_is_a_lost_race(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_customer(openid="dev_alice")
    monkeypatch.setattr(CustomerRepository, "of_wechat", lambda *_: None)

    with pytest.raises(LostRace):
        log_in()

    assert (count(Customer), count(LoginSession)) == (1, 0)


def miss_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look-up comes before the other login's commit."""
    look_up = CustomerRepository.of_wechat
    looks: list[int] = []

    def of_wechat(self: CustomerRepository, appid: str, user: WechatUser) -> Customer | None:
        looks.append(1)
        return None if len(looks) == 1 else look_up(self, appid, user)

    monkeypatch.setattr(CustomerRepository, "of_wechat", of_wechat)


@pytest.mark.commits
def test_simultaneous_first_logins_end_in_one_customer(app: Flask) -> None:
    results = at_once(app, [lambda: log_in().customer.id] * 6)

    assert len(set(results)) == 1, results
    assert (count(Customer), count(CustomerIdentity), count(LoginSession), count(OutboxMessage)) == (1, 1, 6, 1)


def test_a_members_session_lasts_thirty_days(app: Flask) -> None:
    now = utc_now()

    entered = services().member_login.log_in(code="dev-alice", user_agent="x" * 300, now=now)

    session = db.session.scalars(select(LoginSession)).one()
    assert (entered.expires_in, entered.refresh_expires_in) == (900, 30 * 86400)
    assert (session.expires_at, session.user_agent) == (now + timedelta(days=30), "x" * 200)
    assert entered.access_token not in repr(entered)
    assert entered.refresh_token not in repr(entered)
