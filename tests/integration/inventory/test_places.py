"""Locations and thresholds: orders ask the default first, others hear once of each limit that is passed."""

from __future__ import annotations

import pytest

from backend.inventory.domain.error import (
    BuiltInLocation,
    LocationCodeTaken,
    LocationNotEmpty,
    LocationNotFound,
    OutOfStock,
    ThresholdsCrossed,
    UnknownSku,
)
from backend.inventory.domain.location import DAMAGED_LOCATION, Location
from backend.inventory.domain.paper import Line
from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.service.places import LocationFacts, Thresholds
from backend.inventory.wiring import services
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.domain.version import StaleVersion
from kit.repository.page import PageRequest
from tests.factories.inventory import deduct, level, new_sku, receive, release, reserve, stock_row
from tests.factories.statements import counted_statements
from tests.factories.stockroom import deviations, inbound, new_location, outbound, set_limits, transfer
from tests.support.outbox import events
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")


def stocked(*places: tuple[int, int]) -> int:
    """A SKU with units at locations."""
    sku_id = new_sku()
    for location_id, units in places:
        inbound(Line(sku_id, units), location_id=location_id)
    return sku_id


def test_the_default_gives_first_and_the_others_by_priority() -> None:
    last, first = new_location(priority=20), new_location(priority=10)
    sku_id = stocked((DEFAULT_LOCATION, 2), (last, 5), (first, 3))
    reserve({sku_id: 2}, reference="order:1")
    assert (level(sku_id), level(sku_id, first), level(sku_id, last)) == ((2, 2), (3, 0), (5, 0))
    reserve({sku_id: 4}, reference="order:2")
    assert (level(sku_id, first), level(sku_id, last)) == ((3, 3), (5, 1))
    deduct("order:2")
    assert (level(sku_id, first), level(sku_id, last)) == ((0, 0), (4, 0))
    assert release("order:1")
    assert level(sku_id) == (2, 0)
    assert deviations() == []


def test_an_order_takes_what_the_default_has_and_the_rest_elsewhere() -> None:
    there = new_location()
    both, here = stocked((DEFAULT_LOCATION, 2), (there, 2)), stocked((DEFAULT_LOCATION, 5))
    reserve({both: 3, here: 1})
    assert (level(both), level(both, there), level(here)) == ((2, 2), (2, 1), (5, 1))
    assert deviations() == []


def test_a_shortage_counts_all_sellable_locations_and_no_other() -> None:
    sku_id = stocked((DEFAULT_LOCATION, 2), (new_location(), 2), (DAMAGED_LOCATION, 9))
    with nothing_changes(), pytest.raises(OutOfStock) as refused:
        reserve({sku_id: 5})
    assert refused.value.errors == {str(sku_id): {"wanted": 5, "available": 4}}


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_spreading_an_order_takes_the_same_statements_whatever_its_size(lines: int) -> None:
    there = new_location()
    skus = [stocked((DEFAULT_LOCATION, 1), (there, 1)) for _ in range(lines)]
    with counted_statements() as statements:
        reserve(dict.fromkeys(skus, 2))
    # Two promises (INSERT, UPDATE), rows, locked rows, priorities, DELETE, levels, ledger, and what was sold out.
    assert len(statements) == 11, statements


def test_a_location_is_archived_only_when_it_is_empty() -> None:
    there = new_location()
    sku_id = stocked((there, 1))
    with nothing_changes(), pytest.raises(LocationNotEmpty):
        services().places.archive_location(there, version=1, now=utc_now())
    outbound(Line(sku_id, 1), location_id=there)
    services().places.archive_location(there, version=1, now=utc_now())
    assert [row.archived_at is not None for row in services().papers.locations() if row.id == there] == [True]


@pytest.mark.parametrize("built_in", [DEFAULT_LOCATION, DAMAGED_LOCATION])
def test_built_in_locations_stay(built_in: int) -> None:
    with nothing_changes(), pytest.raises(BuiltInLocation):
        services().places.archive_location(built_in, version=1, now=utc_now())
    facts = LocationFacts("x", built_in != DEFAULT_LOCATION, 0)
    with nothing_changes(), pytest.raises(BuiltInLocation):
        services().places.change_location(built_in, facts, version=1, now=utc_now())


def test_whether_orders_may_take_from_a_location_changes_only_while_it_is_empty() -> None:
    there = new_location()
    sku_id = stocked((there, 1))
    change = {"facts": LocationFacts("x", False, 3), "version": 1, "now": utc_now()}
    with nothing_changes(), pytest.raises(LocationNotEmpty):
        services().places.change_location(there, **change)
    transfer(Line(sku_id, 1), source=there, to=DEFAULT_LOCATION)
    services().places.change_location(there, **change)
    assert stock_row(sku_id, there).sellable is False
    assert deviations() == []


def test_a_location_is_changed_by_whoever_has_seen_it() -> None:
    there = new_location()
    facts = LocationFacts("x", True, 3)
    services().places.change_location(there, facts, version=1, now=utc_now())
    with nothing_changes(), pytest.raises(StaleVersion) as refused:
        services().places.change_location(there, facts, version=1, now=utc_now())
    assert refused.value.errors == {"version": {"sent": 1, "current": 2}}


def test_thresholds_are_set_by_whoever_has_seen_them() -> None:
    sku_id, there = new_sku(units=5), new_location()
    limits = Thresholds(1, 9, "A-1")
    for location_id in (DEFAULT_LOCATION, there):  # nothing is listed yet at the other one
        services().places.set_thresholds(sku_id, location_id, limits, version=0, now=utc_now())
        with nothing_changes(), pytest.raises(StaleVersion) as refused:
            services().places.set_thresholds(sku_id, location_id, limits, version=0, now=utc_now())
        assert refused.value.errors == {"version": {"sent": 0, "current": 1}}
    outbound(Line(sku_id, 1))
    listed = {row.location_id: row.version for row in services().query.of_sku(sku_id)}
    assert listed == {DEFAULT_LOCATION: 1, there: 1}  # goods that move leave it alone
    other = new_sku()
    with nothing_changes(), pytest.raises(StaleVersion):
        services().places.set_thresholds(other, there, limits, version=1, now=utc_now())


def test_a_location_is_archived_by_whoever_has_seen_it() -> None:
    there = new_location()
    services().places.change_location(there, LocationFacts("x", True, 3), version=1, now=utc_now())
    with nothing_changes(), pytest.raises(StaleVersion):
        services().places.archive_location(there, version=1, now=utc_now())


def test_a_code_is_given_once() -> None:
    with nothing_changes(), pytest.raises(LocationCodeTaken):
        services().places.add_location("MAIN", LocationFacts("x", True, 1))
    with nothing_changes(), pytest.raises(LocationNotFound):
        services().places.archive_location(new_id(), version=1, now=utc_now())
    assert Location.__tablename__ == "inv_location"


def low() -> list[tuple[int, list[int]]]:
    """What others heard of low stock."""
    return [(event["location_id"], event["sku_ids"]) for event in events("inventory.low_stock_reached")]


def test_low_stock_is_heard_of_once_until_it_rises() -> None:
    sku_id = new_sku(units=5)
    set_limits(sku_id, minimum=2)
    assert low() == []
    reserve({sku_id: 2}, reference="order:1")
    assert low() == []
    reserve({sku_id: 1}, reference="order:2")
    assert low() == [(1, [sku_id])]
    reserve({sku_id: 1}, reference="order:3")
    deduct("order:1")
    assert low() == [(1, [sku_id])]
    assert stock_row(sku_id).low is True
    receive({sku_id: 5}, reference="receipt:9")
    assert stock_row(sku_id).low is False
    outbound(Line(sku_id, 4))
    assert low() == [(1, [sku_id])] * 2
    assert deviations() == []


def test_overstock_is_heard_of_once() -> None:
    sku_id = new_sku(units=5)
    set_limits(sku_id, maximum=6)
    receive({sku_id: 2}, reference="receipt:9")
    receive({sku_id: 2}, reference="receipt:10")
    heard = events("inventory.overstock_reached")
    assert [(event["location_id"], event["sku_ids"]) for event in heard] == [(1, [sku_id])]
    assert stock_row(sku_id).over is True


def test_a_limit_that_is_passed_already_when_it_is_set_is_heard_of() -> None:
    sku_id = new_sku(units=5)
    set_limits(sku_id, minimum=5, maximum=100, shelf="A-1")
    assert low() == [(1, [sku_id])]
    row = stock_row(sku_id)
    assert (row.minimum, row.maximum, row.shelf, row.low) == (5, 100, "A-1", True)


def test_limits_make_sense() -> None:
    sku_id = new_sku()
    with nothing_changes(), pytest.raises(ThresholdsCrossed):
        set_limits(sku_id, minimum=5, maximum=4)
    with nothing_changes(), pytest.raises(UnknownSku):
        set_limits(new_id(), minimum=5)


def test_lists_show_what_needs_attention() -> None:
    low_one, full_one, fine = new_sku(units=1), new_sku(units=9), new_sku(units=5)
    set_limits(low_one, minimum=2, shelf="A")
    set_limits(full_one, maximum=8)
    set_limits(fine, minimum=1, maximum=9, shelf="A")

    def found(**only: object) -> list[int]:
        return [row.sku_id for row in services().query.levels(PageRequest(), **only).items]  # type: ignore[arg-type]  # whatever filters a case names

    assert found(low=True) == [low_one]
    assert found(over=True) == [full_one]
    assert found(shelf="A") == [fine, low_one]
