"""What takes minutes or hours at WeChat, with a clock that can be turned."""

from datetime import datetime, timedelta

import pytest

from kit.wechat.simulator.cashier import Wish
from kit.wechat.simulator.clock import BEIJING
from kit.wechat.simulator.errors import MiniProgramError, PayError
from kit.wechat.simulator.world import World

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=BEIJING)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def advance(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world(running_simulator, clock):
    world = World(running_simulator.world.keyring.folder, clock=clock)
    world.books.users.create(appid=world.keyring.identity.appid, openid="buyer")
    yield world
    world.timetable.stop()


def order(world, **changes):
    identity = world.keyring.identity
    body = {"appid": identity.appid, "mchid": identity.mchid, "description": "茶杯", "out_trade_no": "ORDER0001"}
    body |= {"notify_url": "", "amount": {"total": 1000}, "payer": {"openid": "buyer"}}
    return body | changes


def pay(world, **names):
    return world.cashier.pay(Wish(), **names)["result"]


def test_a_prepay_id_lives_two_hours_and_its_order_longer(world, clock):
    first = world.books.prepay(order(world))
    clock.advance(hours=2)
    second = world.books.prepay(order(world))

    assert pay(world, prepay_id=first) == "prepay_expired"
    assert pay(world, prepay_id=second) == "ok"


def test_a_prepay_id_still_works_a_second_before(world, clock):
    prepay_id = world.books.prepay(order(world))
    clock.advance(hours=2, seconds=-1)

    assert pay(world, prepay_id=prepay_id) == "ok"


def test_the_deadline_closes_an_unpaid_order(world, clock):
    prepay_id = world.books.prepay(order(world, time_expire="2026-11-20T12:30:00+08:00"))
    clock.advance(minutes=30)

    assert pay(world, prepay_id=prepay_id) == "closed"
    assert world.books.find_transaction("ORDER0001").state == "CLOSED"


def test_the_deadline_does_not_touch_a_paid_order(world, clock):
    prepay_id = world.books.prepay(order(world, time_expire="2026-11-20T12:30:00+08:00"))
    pay(world, prepay_id=prepay_id)
    clock.advance(minutes=30)

    assert world.books.find_transaction("ORDER0001").state == "SUCCESS"


def test_codes_live_five_minutes(world, clock):
    users, appid = world.books.users, world.keyring.identity.appid
    login, phone, early = users.login_code("buyer"), users.phone_code("buyer"), users.login_code("buyer")
    clock.advance(minutes=5, seconds=-1)
    assert users.log_in(early, appid=appid)[0].openid == "buyer"
    clock.advance(seconds=1)

    for redeem, code in ((users.log_in, login), (users.show_phone, phone)):
        with pytest.raises(MiniProgramError) as refusal:
            redeem(code, appid=appid)
        assert refusal.value.errcode == 40029


def test_the_token_is_renewed_after_two_hours(world, clock):
    tokens = world.books.tokens
    token, seconds = tokens.stable(force_refresh=False)
    clock.advance(seconds=7199)
    assert tokens.stable(force_refresh=False) == (token, 1)
    clock.advance(seconds=1)

    assert seconds == 7200
    assert tokens.stable(force_refresh=False)[0] != token
    with pytest.raises(MiniProgramError) as refusal:
        tokens.check(token)
    assert refusal.value.errcode == 42001


def test_a_payment_cannot_be_refunded_after_a_year(world, clock):
    pay(world, prepay_id=world.books.prepay(order(world)))
    body = {"out_trade_no": "ORDER0001", "amount": {"refund": 1, "total": 1000, "currency": "CNY"}}
    clock.advance(days=365)
    assert world.books.refund(body | {"out_refund_no": "REFUND01"})[1] is True
    clock.advance(seconds=1)

    with pytest.raises(PayError) as refusal:
        world.books.refund(body | {"out_refund_no": "REFUND02"})
    assert refusal.value.code == "INVALID_REQUEST"
