"""Goods that run low, and those there are too many of, are told to whoever sees to the stock."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from backend.inventory.domain.location import Location
from backend.inventory.domain.paper import Line
from backend.inventory.domain.stock import DEFAULT_LOCATION, MAX_QUANTITY, Stock, StockItem
from backend.notification.domain.notice import Notice, NoticeKind
from kit.db.extension import db
from kit.domain.identity import new_id
from kit.service.transaction import in_transaction
from tests.factories.inventory import new_sku, receive, release, reserve
from tests.factories.notification import Desk, deliver
from tests.factories.statements import counted_statements
from tests.factories.stockroom import inbound, new_location, outbound, set_limits
from tests.factories.user import make_staff
from tests.support.fresh import fresh_session
from tests.support.outbox import events, settle
from tests.support.unchanged import nothing_changes

LOW = "notification.tell_low_stock", "inventory.low_stock_reached"


@pytest.fixture
def keeper(app: object) -> int:
    """Sees to the stock."""
    make_staff({"inventory:read"})
    return make_staff({"inventory:read", "inventory:arrange"})


def told(kind: NoticeKind = NoticeKind.LOW_STOCK) -> list[Notice]:
    fresh_session()
    found = list(db.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))
    db.session.expunge_all()
    return found


def goods(count: int, units: int = 9) -> list[int]:
    """SKUs with a minimum of 5 and a maximum of 10 units."""
    skus = [new_sku(units) for _ in range(count)]
    for sku_id in skus:
        set_limits(sku_id, 5, 10)
    return skus


def code(sku_id: int) -> str:
    return str(db.session.scalar(select(StockItem.sku_code).where(StockItem.sku_id == sku_id)))


def test_whoever_may_arrange_hears_what_ran_low_and_nobody_else(desk: Desk, keeper: int) -> None:
    boss = make_staff("all")
    (sku_id,) = goods(1)
    reserve({sku_id: 4})
    settle()
    first, second = told()
    assert sorted([first.staff_id, second.staff_id]) == sorted([keeper, boss])
    assert first.reference == f"stock_location:{DEFAULT_LOCATION}"
    number = code(sku_id).removeprefix("SHELF-")
    assert first.zh == f"默认仓 Main 库存不足，请补货：货 {number} [SHELF-{number}] 5 ≤ 5"
    assert first.en == f"Low stock at 默认仓 Main, please reorder: 货 {number} [SHELF-{number}] 5 ≤ 5"
    assert told(NoticeKind.OVERSTOCK) == []


def test_of_what_there_is_too_much_they_hear_too(desk: Desk, keeper: int) -> None:
    (sku_id,) = goods(1)
    receive({sku_id: 2}, reference="delivery:1")
    settle()
    (notice,) = told(NoticeKind.OVERSTOCK)
    assert (notice.staff_id, notice.zh.endswith(" 11 > 10")) == (keeper, True)
    assert told() == []


def test_once_until_it_has_risen_again(desk: Desk, keeper: int) -> None:
    (sku_id,) = goods(1)
    reserve({sku_id: 4}, reference="order:1")
    reserve({sku_id: 1}, reference="order:2")
    settle()
    assert len(told()) == 1
    release("order:1")
    reserve({sku_id: 4}, reference="order:3")
    settle()
    assert len(told()) == 2


def test_the_same_fact_is_told_once(desk: Desk, keeper: int) -> None:
    (sku_id,) = goods(1)
    reserve({sku_id: 4})
    (fact,), event_id = events(LOW[1]), new_id()
    assert deliver(*LOW, fact, event_id=event_id)
    with nothing_changes():
        assert not deliver(*LOW, fact, event_id=event_id)
    assert len(told()) == 1


def test_what_was_refilled_meanwhile_is_no_news(desk: Desk, keeper: int) -> None:
    one, other = goods(2)
    reserve({one: 4, other: 4})
    (fact,) = events(LOW[1])
    receive({one: 1}, reference="delivery:1")
    deliver(*LOW, fact)
    (notice,) = told()
    assert code(other) in notice.zh
    assert f"[{code(one)}]" not in notice.zh
    receive({other: 1}, reference="delivery:2")
    with nothing_changes(but={"kit_inbox"}):
        deliver(*LOW, fact)


def test_nobody_who_may_arrange_is_nobody_told(desk: Desk) -> None:
    (sku_id,) = goods(1)
    reserve({sku_id: 4})
    settle()
    assert told() == []


def test_each_location_is_told_of_by_itself(desk: Desk, keeper: int) -> None:
    place, sku_id = new_location(), new_sku(9)
    inbound(Line(sku_id, 9), location_id=place)
    set_limits(sku_id, 5, location_id=place)
    outbound(Line(sku_id, 4), location_id=place)
    settle()
    assert [notice.reference for notice in told()] == [f"stock_location:{place}"]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_many_goods_are_one_bounded_notice_and_the_same_statements(desk: Desk, keeper: int, count: int) -> None:
    skus = goods(count)
    reserve(dict.fromkeys(skus, 4))
    (fact,) = events(LOW[1])

    def as_long_as_it_gets() -> None:
        db.session.execute(update(Location).values(name="仓" * 60))
        db.session.execute(update(StockItem).values(title="米\r\n{zh}" * 20))
        for sku_id in skus:
            longest = {"sku_code": f"{sku_id}".zfill(64)}
            db.session.execute(update(StockItem).where(StockItem.sku_id == sku_id).values(longest))
        most = {"on_hand": MAX_QUANTITY, "minimum": MAX_QUANTITY, "maximum": MAX_QUANTITY, "reserved": 0}
        db.session.execute(update(Stock).values(most))

    in_transaction(as_long_as_it_gets)
    with counted_statements() as statements:
        deliver(*LOW, fact)
    (notice,) = told()
    # The inbox; the goods; who sees to them, and their cards; the notice.
    assert len(statements) == 5
    assert max(len(notice.zh), len(notice.en)) < 400
    assert "\n" not in notice.zh + notice.en
    assert notice.zh.count("1000000000 ≤ 1000000000") == min(count, 4)
    assert (f"等共 {count} 种" in notice.zh) is (f"and {count - 4} more" in notice.en) is (count > 4)
