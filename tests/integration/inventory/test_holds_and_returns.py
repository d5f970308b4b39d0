"""Holds end by themselves, orders never; of what left only what really came back is restocked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from backend.inventory import facade as inventory
from backend.inventory.domain.coming_back import ReturnLine
from backend.inventory.domain.error import (
    HoldNotFound,
    HoldTimeInvalid,
    LineRepeated,
    MovementRepeated,
    OutOfStock,
    ReturnedTooMuch,
    WrongLocation,
)
from backend.inventory.domain.location import DAMAGED_LOCATION
from backend.inventory.domain.movement import Move
from backend.inventory.domain.paper import Line
from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.repository.page import PageRequest
from kit.service.transaction import in_transaction
from tests.factories.inventory import OPERATOR, deduct, ledger, level, new_sku, release, reserve, stock_row
from tests.factories.stockroom import deviations, document, inbound, take_back
from tests.support.unchanged import nothing_changes

_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def books_add_up_afterwards(app: Flask) -> Iterator[None]:
    """Whatever a test here does, the books hold."""
    yield
    assert deviations() == []


def hold(sku_id: int, units: int, *, lasting: timedelta = _HOUR) -> str:
    """Its reference."""
    now = utc_now()
    moves = [Move(sku_id, units)]
    return services().holding.hold(moves, reason="for Ms Lin", expires_at=now + lasting, operator=OPERATOR, now=now)


def sweep(*, later: timedelta = timedelta()) -> int:
    """What beat does."""
    return inventory.release_expired_holds(now=utc_now() + later)


def test_a_hold_keeps_goods_back_until_its_time_is_over() -> None:
    sku_id = new_sku(units=5)
    reference = hold(sku_id, 4)
    with pytest.raises(OutOfStock):
        reserve({sku_id: 2})
    assert sweep() == 0
    assert level(sku_id) == (5, 4)
    assert (sweep(later=_HOUR), sweep(later=_HOUR)) == (1, 0)
    assert level(sku_id) == (5, 0)
    row = ledger(sku_id)[-1]
    assert (row.kind.value, row.reference, row.reason, row.operator) == (
        "release",
        reference,
        "hold expired",
        "system:hold",
    )


def test_orders_never_expire_by_themselves() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 2})
    assert sweep(later=timedelta(days=4000)) == 0
    assert level(sku_id) == (5, 2)


def test_one_hold_that_cannot_be_released_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    sku_id = new_sku(units=5)
    stuck, fine = hold(sku_id, 1), hold(sku_id, 1)
    whole = services().reserving.release

    def refuse(booking: object) -> bool:
        if booking.reference == stuck:  # type: ignore[attr-defined]  # the signature of what it stands for
            raise RuntimeError("no")
        return whole(booking)  # type: ignore[arg-type]  # the signature of what it stands for

    monkeypatch.setattr(services().reserving, "release", refuse)
    assert sweep(later=_HOUR) == 1
    open_ones = services().query.promises(PageRequest(), sku_id=sku_id).items
    assert ([row.reference for row in open_ones], fine in str(open_ones)) == ([stuck], False)


def test_a_hold_is_released_before_its_time_once() -> None:
    sku_id = new_sku(units=5)
    hold_id = int(hold(sku_id, 4).removeprefix("hold:"))
    services().holding.let_go(hold_id, operator=OPERATOR, now=utc_now())
    assert level(sku_id) == (5, 0)
    for unknown in (hold_id, new_id()):
        with nothing_changes(), pytest.raises(HoldNotFound):
            services().holding.let_go(unknown, operator=OPERATOR, now=utc_now())


def test_an_order_is_not_a_hold() -> None:
    sku_id, number = new_sku(units=5), new_id()
    reserve({sku_id: 2}, reference=f"order:{number}")
    with nothing_changes(), pytest.raises(HoldNotFound):
        services().holding.let_go(number, operator=OPERATOR, now=utc_now())


@pytest.mark.parametrize("lasting", [timedelta(), -_HOUR, timedelta(days=90, seconds=1)])
def test_a_hold_ends_in_the_future_and_within_90_days(lasting: timedelta) -> None:
    sku_id = new_sku(units=5)
    with nothing_changes(), pytest.raises(HoldTimeInvalid):
        hold(sku_id, 1, lasting=lasting)


def shipped(units: int, *, cost_fen: int = 100) -> int:
    """A SKU of which an order has left."""
    sku_id = new_sku()
    inbound(Line(sku_id, units, cost_fen=cost_fen))
    reserve({sku_id: units})
    deduct()
    return sku_id


def test_what_came_back_whole_is_sold_again_and_what_is_damaged_is_not() -> None:
    sku_id = shipped(5)
    written = document(take_back("order:1", ReturnLine(sku_id, 2), ReturnLine(sku_id, 1, damaged=True)))
    assert (level(sku_id), level(sku_id, DAMAGED_LOCATION)) == ((2, 0), (1, 0))
    assert inventory.available(sku_ids=[sku_id]) == {sku_id: 2}
    assert (written["kind"], written["source"]) == ("return", "order:1")
    assert [(line.quantity, line.location_id) for line in written["lines"]] == [(2, 1), (1, DAMAGED_LOCATION)]


def test_goods_come_back_at_what_they_had_left_for() -> None:
    sku_id = shipped(3, cost_fen=100)
    inbound(Line(sku_id, 1, cost_fen=900))
    take_back("order:1", ReturnLine(sku_id, 2))
    assert stock_row(sku_id).value_fen == 900 + 200


def test_never_more_comes_back_than_had_left() -> None:
    sku_id, other = shipped(5), new_sku(units=9)
    take_back("order:1", ReturnLine(sku_id, 2))
    too_much = (ReturnLine(sku_id, 2), ReturnLine(sku_id, 2, damaged=True), ReturnLine(other, 1))
    with nothing_changes(), pytest.raises(ReturnedTooMuch) as refused:
        take_back("order:1", *too_much)
    assert refused.value.errors == {
        str(sku_id): {"wanted": 4, "returnable": 3},
        str(other): {"wanted": 1, "returnable": 0},
    }
    take_back("order:1", ReturnLine(sku_id, 3))
    with nothing_changes(), pytest.raises(ReturnedTooMuch):
        take_back("order:1", ReturnLine(sku_id, 1))


@pytest.mark.parametrize("ending", ["open", "released", "unknown"])
def test_what_never_left_does_not_come_back(ending: str) -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 2})
    if ending == "released":
        release()
    with nothing_changes(), pytest.raises(ReturnedTooMuch):
        take_back("order:9" if ending == "unknown" else "order:1", ReturnLine(sku_id, 1))


def test_whole_goods_go_to_a_sellable_location_and_damaged_ones_do_not() -> None:
    sku_id = shipped(5)
    for wrong in ({"location_id": DAMAGED_LOCATION}, {"damaged_location_id": DEFAULT_LOCATION}):
        with nothing_changes(), pytest.raises(WrongLocation):
            take_back("order:1", ReturnLine(sku_id, 1), **wrong)
    with nothing_changes(), pytest.raises(LineRepeated):
        take_back("order:1", ReturnLine(sku_id, 1), ReturnLine(sku_id, 1))


def test_the_facade_takes_a_return_once() -> None:
    sku_id = shipped(5)

    def accept() -> None:
        in_transaction(
            lambda: inventory.accept_return(
                source="order:1",
                reference="after-sale:7",
                sellable={sku_id: 2},
                damaged={sku_id: 1},
                reason="too small",
                operator="staff:7",
                now=utc_now(),
            )
        )

    accept()
    with nothing_changes(), pytest.raises(MovementRepeated):
        accept()
    assert (level(sku_id), level(sku_id, DAMAGED_LOCATION)) == ((2, 0), (1, 0))
