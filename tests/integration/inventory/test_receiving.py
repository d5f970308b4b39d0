"""SKUs come under management, and goods come in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.inventory import facade as inventory
from backend.inventory.domain.error import MovementRepeated, QuantityTooLarge, UnknownSku
from backend.inventory.domain.movement import Move
from backend.inventory.domain.stock import MAX_QUANTITY, StockItem
from backend.inventory.repository.stock import Booking
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.inventory import OPERATOR, ledger, level, new_sku, receive
from tests.support.fresh import fresh_session
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


def test_a_registered_sku_begins_with_none_and_without_a_movement() -> None:
    sku_id = new_sku()
    assert level(sku_id) == (0, 0)
    assert ledger(sku_id) == []
    assert inventory.available(sku_ids=[sku_id]) == {sku_id: 0}


def test_registering_again_renews_code_and_title_and_moves_nothing() -> None:
    sku_id = new_sku(units=5)
    renamed = inventory.Sku(sku_id=sku_id, code="RENAMED", title="新名")
    inventory.register(skus=[renamed], operator=OPERATOR, now=utc_now())
    fresh_session()
    item = db.session.scalars(select(StockItem).where(StockItem.sku_id == sku_id)).one()
    assert (item.sku_code, item.title) == ("RENAMED", "新名")
    assert level(sku_id) == (5, 0)
    assert len(ledger(sku_id)) == 1


def test_a_sku_without_stock_row_is_missing_among_the_available() -> None:
    known = new_sku(units=3)
    assert inventory.available(sku_ids=[known, new_id()]) == {known: 3}


def test_received_goods_are_on_hand_and_in_the_ledger() -> None:
    sku_id = new_sku(units=2)
    receive({sku_id: 40}, reference="receipt:DN-1")
    assert level(sku_id) == (42, 0)
    row = ledger(sku_id)[-1]
    assert (row.kind, row.on_hand_before, row.on_hand_delta, row.on_hand_after) == ("receive", 2, 40, 42)
    assert (row.reserved_before, row.reserved_delta, row.reserved_after) == (0, 0, 0)
    assert (row.reference, row.reason, row.operator) == ("receipt:DN-1", "delivery", OPERATOR)


def test_the_same_sku_twice_on_one_note_is_booked_as_one_movement() -> None:
    sku_id = new_sku()
    services().receiving.receive([Move(sku_id, 3), Move(sku_id, 4)], Booking("receipt:1", "x", OPERATOR, utc_now()))
    assert level(sku_id) == (7, 0)
    assert [row.on_hand_delta for row in ledger(sku_id)] == [7]


def test_unknown_skus_are_named_and_the_known_ones_of_the_note_stay_as_they_are() -> None:
    known, unknown, other = new_sku(units=1), new_id(), new_id()
    with nothing_changes(), pytest.raises(UnknownSku) as refused:
        receive({known: 5, unknown: 5, other: 5}, reference="receipt:1")
    assert refused.value.errors == {str(unknown): ["没有该商品的库存记录"], str(other): ["没有该商品的库存记录"]}


def test_a_note_is_booked_once_even_with_one_new_sku_on_it() -> None:
    first, second = new_sku(), new_sku()
    receive({first: 5}, reference="receipt:1")
    with nothing_changes(), pytest.raises(MovementRepeated):
        receive({first: 5, second: 5}, reference="receipt:1")
    assert (level(first), level(second)) == ((5, 0), (0, 0))


def test_a_stock_row_holds_a_billion_and_not_one_more() -> None:
    sku_id, other = new_sku(units=MAX_QUANTITY - 1), new_sku()
    with nothing_changes(), pytest.raises(QuantityTooLarge):
        receive({other: 1, sku_id: 2}, reference="receipt:1")
    receive({sku_id: 1}, reference="receipt:2")
    assert level(sku_id) == (MAX_QUANTITY, 0)
