"""Dated goods: the first to expire leaves first, and what has expired is neither promised nor sold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from backend.inventory import facade as inventory
from backend.inventory.domain.batch import UNDATED, end_of
from backend.inventory.domain.coming_back import ReturnLine
from backend.inventory.domain.error import (
    BatchDatesCrossed,
    BatchMismatch,
    BatchNeeded,
    BatchNotFound,
    BatchNotTracked,
    ExpiredOnArrival,
    GoodsExpired,
    GoodsPromised,
    NothingExpired,
    OutOfStock,
    TrackingInUse,
)
from backend.inventory.domain.location import DAMAGED_LOCATION
from backend.inventory.domain.movement import BatchRef, Booking, Move
from backend.inventory.domain.paper import Line
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.repository.page import PageRequest
from tests.factories.inventory import OPERATOR, deduct, level, new_sku, receive, reserve, stock_row
from tests.factories.statements import counted_statements
from tests.factories.stockroom import (
    adjust,
    batch,
    batches_of,
    deviations,
    enter,
    in_days,
    inbound,
    new_location,
    open_count,
    outbound,
    paper,
    post,
    set_limits,
    take_back,
    tracked_sku,
    transfer,
    write_off,
)
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes


@pytest.fixture(autouse=True)
def books_add_up_afterwards(app: Flask) -> Iterator[None]:
    """Whatever a test here does, the books hold."""
    yield
    assert deviations() == []


def available(sku_id: int) -> int:
    """To orders."""
    return inventory.available(sku_ids=[sku_id])[sku_id]


def reserve_at(sku_id: int, units: int, at: datetime) -> None:
    """An order in another moment."""
    services().reserving.reserve([Move(sku_id, units)], Booking("order:1", "x", OPERATOR, at))


def track(sku_id: int, tracked: bool = True) -> None:
    """Switch batches on or off."""
    services().places.track_batches(sku_id, tracked, operator=OPERATOR, now=utc_now())


def sweep(at: datetime | None = None) -> int:
    """What beat does."""
    return inventory.expire_batches(now=at or utc_now())


def test_a_batch_may_be_sold_through_its_last_day_in_shanghai() -> None:
    assert end_of(date(2026, 12, 31)) == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_the_first_to_expire_leaves_first_whenever_it_came() -> None:
    sku_id = tracked_sku(("LATE", 30, 5), ("EARLY", 3, 4), ("MIDDLE", 9, 2))
    outbound(Line(sku_id, 5))
    assert batches_of(sku_id) == {"LATE": 5, "MIDDLE": 1}
    reserve({sku_id: 3})
    assert batches_of(sku_id) == {"LATE": 5, "MIDDLE": 1}
    deduct()
    assert batches_of(sku_id) == {"LATE": 3}


def test_a_named_batch_leaves_before_others() -> None:
    sku_id = tracked_sku(("LATE", 30, 5), ("EARLY", 3, 4))
    outbound(Line(sku_id, 2, batch("LATE")))
    assert batches_of(sku_id) == {"LATE": 3, "EARLY": 4}
    with nothing_changes(), pytest.raises(OutOfStock):
        outbound(Line(sku_id, 4, batch("LATE")))
    with nothing_changes(), pytest.raises(BatchNotFound):
        outbound(Line(sku_id, 1, batch("NONE")))


def test_the_moment_a_batch_expires_nobody_is_promised_it_though_no_sweep_came_by() -> None:
    sku_id = tracked_sku(("SOON", 1, 3), ("LATER", 9, 2))
    midnight = end_of(in_days(1))
    with pytest.raises(OutOfStock) as refused:
        reserve_at(sku_id, 3, midnight)
    assert refused.value.errors == {str(sku_id): {"wanted": 3, "available": 2}}
    reserve_at(sku_id, 5, midnight - timedelta(milliseconds=1))


def test_an_order_that_meets_expired_goods_books_them_and_takes_the_fresh_ones() -> None:
    sku_id = tracked_sku(("GONE", -1, 3), ("FRESH", 9, 2))
    assert (stock_row(sku_id).expired, available(sku_id)) == (0, 2)
    reserve({sku_id: 2})
    row = stock_row(sku_id)
    assert (row.on_hand, row.reserved, row.expired) == (5, 2, 3)
    assert available(sku_id) == 0


def test_the_sweep_books_what_has_expired_once_and_tells() -> None:
    sku_id = tracked_sku(("GONE", -1, 3), ("ALSO", -2, 1))
    fresh = tracked_sku(("FRESH", 9, 2))
    set_limits(sku_id, minimum=1)
    heard = len(events("inventory.availability_changed"))
    assert (sweep(), sweep()) == (1, 0)
    assert (stock_row(sku_id).expired, stock_row(fresh).expired) == (4, 0)
    assert stock_row(sku_id).next_expiry_at is None
    assert [event["sku_ids"] for event in events("inventory.availability_changed")[heard:]] == [[sku_id]]
    assert [event["sku_ids"] for event in events("inventory.low_stock_reached")] == [[sku_id]]
    assert sweep(end_of(in_days(9))) == 1
    assert stock_row(fresh).expired == 2


def test_what_was_promised_and_expired_since_does_not_leave() -> None:
    sku_id = tracked_sku(("SOON", 1, 3), ("LATER", 9, 1))
    reserve({sku_id: 3})
    late = Booking("order:1", "shipped", OPERATOR, end_of(in_days(1)))
    with nothing_changes(), pytest.raises(GoodsExpired) as refused:
        services().reserving.deduct(late)
    assert refused.value.errors == {str(sku_id): {"wanted": 3, "fresh": 1}}
    inbound(Line(sku_id, 2, batch("NEW", 20)))
    assert services().reserving.deduct(late)
    assert batches_of(sku_id) == {"SOON": 3}


def test_expired_goods_leave_no_other_way_than_being_written_off_or_set_apart() -> None:
    sku_id = tracked_sku(("GONE", -1, 3), ("FRESH", 9, 2))
    for refused in (Line(sku_id, 3), Line(sku_id, 1, batch("GONE"))):
        with nothing_changes(), pytest.raises(OutOfStock):
            outbound(refused)
    transfer(Line(sku_id, 1, batch("GONE")), to=DAMAGED_LOCATION)
    assert batches_of(sku_id, DAMAGED_LOCATION) == {"GONE": 1}
    write_off(Line(sku_id, 1, batch("GONE")))
    assert (batches_of(sku_id), stock_row(sku_id).expired) == ({"GONE": 1, "FRESH": 2}, 1)


def test_everything_expired_is_written_off_with_one_document() -> None:
    first, second = tracked_sku(("A", -1, 3), ("B", -9, 2), ("C", 9, 1)), tracked_sku(("A", -1, 4))
    document_id = services().documents.write_off_expired(paper())
    lines = services().papers.document(document_id)["lines"]
    assert sorted((line.sku_id, line.batch_no, line.quantity) for line in lines) == [
        (first, "A", -3),
        (first, "B", -2),
        (second, "A", -4),
    ]
    assert (batches_of(first), level(second)) == ({"C": 1}, (0, 0))
    with nothing_changes(), pytest.raises(NothingExpired):
        services().documents.write_off_expired(paper())


def test_promised_goods_are_not_written_off_though_they_expired() -> None:
    sku_id = tracked_sku(("SOON", 1, 3))
    reserve({sku_id: 2})
    late = end_of(in_days(1))
    services().documents.write_off_expired(paper(at=late))
    assert level(sku_id) == (2, 2)
    with pytest.raises(GoodsPromised):
        write_off(Line(sku_id, 1, batch("SOON")), at=late)


def test_a_transfer_takes_batches_over_and_fills_one_that_was_there() -> None:
    sku_id, there = tracked_sku(("LATE", 30, 5), ("EARLY", 3, 4)), new_location()
    transfer(Line(sku_id, 6), to=there)
    assert (batches_of(sku_id), batches_of(sku_id, there)) == ({"LATE": 3}, {"EARLY": 4, "LATE": 2})
    outbound(Line(sku_id, 6), location_id=there)
    transfer(Line(sku_id, 1), to=there)
    assert batches_of(sku_id, there) == {"LATE": 1}
    assert stock_row(sku_id, there).next_expiry_at == end_of(in_days(30))


def test_dated_goods_name_their_batch() -> None:
    sku_id, plain = tracked_sku(("A", 9, 1)), new_sku(units=1)
    for line in (Line(sku_id, 1), Line(sku_id, 1, BatchRef("NEW")), Line(sku_id, 1, BatchRef(UNDATED))):
        with nothing_changes(), pytest.raises(BatchNeeded):
            inbound(line)
    for refused in (lambda: write_off(Line(sku_id, 1)), lambda: adjust(sku_id, -1), lambda: adjust(sku_id, 1)):
        with nothing_changes(), pytest.raises(BatchNeeded):
            refused()
    with nothing_changes(), pytest.raises(BatchNeeded):
        receive({sku_id: 1}, reference="receipt:1")
    with nothing_changes(), pytest.raises(BatchNotTracked):
        inbound(Line(plain, 1, batch("A", 9)))
    with nothing_changes(), pytest.raises(BatchMismatch):
        inbound(Line(sku_id, 1, batch("A", 10)))
    with nothing_changes(), pytest.raises(ExpiredOnArrival):
        inbound(Line(sku_id, 1, batch("OLD", -1)))
    inbound(Line(sku_id, 1, batch("A")), Line(sku_id, 2, batch("B", 3)))
    assert batches_of(sku_id) == {"A": 2, "B": 2}


def test_adjusting_a_batch() -> None:
    sku_id = tracked_sku(("A", 9, 3))
    adjust(sku_id, -1, batch_no="A")
    adjust(sku_id, 2, batch_no="FOUND", expires_on=in_days(4).isoformat())
    assert batches_of(sku_id) == {"A": 2, "FOUND": 2}
    assert stock_row(sku_id).next_expiry_at == end_of(in_days(4))


def test_what_is_there_when_batches_are_switched_on_goes_first() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 2})
    track(sku_id)
    assert batches_of(sku_id) == {UNDATED: 5}
    inbound(Line(sku_id, 3, batch("NEW", 3)))
    deduct()
    assert batches_of(sku_id) == {UNDATED: 3, "NEW": 3}
    track(sku_id, False)
    assert (batches_of(sku_id), level(sku_id)) == ({}, (6, 0))
    track(sku_id)
    assert batches_of(sku_id) == {UNDATED: 6}


def test_batches_are_not_switched_off_over_expired_goods() -> None:
    sku_id = tracked_sku(("GONE", -1, 3))
    with nothing_changes(), pytest.raises(TrackingInUse):
        track(sku_id, False)


def test_goods_come_back_to_the_batches_they_left_from_the_older_first() -> None:
    sku_id = tracked_sku(("EARLY", 3, 2), ("LATE", 30, 3))
    reserve({sku_id: 4})
    deduct()
    take_back("order:1", ReturnLine(sku_id, 1))
    assert batches_of(sku_id) == {"EARLY": 1, "LATE": 1}
    take_back("order:1", ReturnLine(sku_id, 2), ReturnLine(sku_id, 1, damaged=True))
    assert batches_of(sku_id) == {"EARLY": 2, "LATE": 2}
    assert batches_of(sku_id, DAMAGED_LOCATION) == {"LATE": 1}


def test_what_comes_back_expired_is_not_sold_again() -> None:
    sku_id = tracked_sku(("SOON", 1, 2))
    reserve({sku_id: 2})
    deduct()
    take_back("order:1", ReturnLine(sku_id, 2), at=end_of(in_days(1)))
    assert (stock_row(sku_id).on_hand, stock_row(sku_id).expired) == (2, 2)


def test_the_list_shows_what_expires_soon() -> None:
    sku_id = tracked_sku(("LATE", 30, 5), ("SOON", 3, 4), ("GONE", -1, 1))
    other = tracked_sku(("ALSO", 4, 1))
    rows = services().query.batches(PageRequest(), expires_until=in_days(7)).items
    assert [(row.sku_id, row.batch_no) for row in rows] == [(sku_id, "GONE"), (sku_id, "SOON"), (other, "ALSO")]
    first = services().query.batches(PageRequest(limit=1), sku_id=sku_id)
    second = services().query.batches(PageRequest(limit=1, cursor=first.next_cursor), sku_id=sku_id)
    assert [row.batch_no for row in (*first.items, *second.items)] == ["GONE", "SOON"]


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_dated_goods_take_the_same_statements_whatever_the_size(lines: int) -> None:
    skus = [tracked_sku(("A", 3, 1), ("B", 9, 9)) for _ in range(lines)]
    with counted_statements() as statements:
        reserve(dict.fromkeys(skus, 2))
    assert len(statements) == 4
    with counted_statements() as statements:
        deduct()
    # Promises, rows, batches; rows, ledger, batches, entries.
    assert len(statements) == 8, statements


def test_the_batch_of_what_was_there_before_takes_no_date() -> None:
    """A date on it would be forgotten when tracking is switched off and on: expired goods would be sold as fresh."""
    sku_id = tracked_sku(("A", 9, 3))
    with nothing_changes(), pytest.raises(BatchMismatch) as refused:
        adjust(sku_id, 5, batch_no=UNDATED, expires_on=in_days(-1).isoformat())
    assert refused.value.errors[str(sku_id)]["batch_no"] == UNDATED
    adjust(sku_id, 5, batch_no=UNDATED)
    assert batches_of(sku_id) == {"A": 3, UNDATED: 5}


def test_a_batch_does_not_expire_before_it_was_produced() -> None:
    sku_id = tracked_sku()
    with nothing_changes(), pytest.raises(BatchDatesCrossed) as refused:
        inbound(Line(sku_id, 1, BatchRef("A", in_days(4), in_days(3))))
    assert refused.value.errors == {str(sku_id): {"produced_on": ["生产日期不能晚于到期日"]}}
    inbound(Line(sku_id, 1, BatchRef("A", in_days(3), in_days(3))))


def test_fresh_goods_that_were_promised_are_not_lost_because_expired_ones_are_left() -> None:
    sku_id = tracked_sku(("GONE", -1, 6), ("FRESH", 9, 4))
    reserve({sku_id: 3})
    sheet = open_count(sku_id)
    enter(sheet, {2: 2})
    for lose in (
        lambda: write_off(Line(sku_id, 2, batch("FRESH"))),
        lambda: adjust(sku_id, -2, batch_no="FRESH"),
        lambda: post(sheet, skip_uncounted=True),
    ):
        with nothing_changes(), pytest.raises(GoodsPromised):
            lose()
    write_off(Line(sku_id, 1, batch("FRESH")))
    write_off(Line(sku_id, 6, batch("GONE")))
    assert deduct()
    assert level(sku_id) == (0, 0)
