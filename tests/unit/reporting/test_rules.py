"""Periods, money, and what a job keeps of a wish."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from backend.order.facade import OrderStatus
from backend.reporting.domain.error import PeriodInvalid, PeriodTooLong
from backend.reporting.domain.period import period
from backend.reporting.domain.wanted import WantedOrders
from backend.reporting.service.table import STATUS_NAMES, yuan

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def test_open_ends_are_ninety_days_up_to_now() -> None:
    assert period(None, None, now=NOW) == (NOW - 90 * DAY, NOW)
    assert period(None, NOW - DAY, now=NOW) == (NOW - 91 * DAY, NOW - DAY)
    assert period(NOW - DAY, NOW + 50 * DAY, now=NOW) == (NOW - DAY, NOW)
    assert period(NOW - 90 * DAY, NOW, now=NOW) == (NOW - 90 * DAY, NOW)


@pytest.mark.parametrize(
    ("placed_from", "placed_to", "error"),
    [
        (NOW, NOW, PeriodInvalid),
        (NOW + DAY, None, PeriodInvalid),
        (NOW - DAY, NOW - 2 * DAY, PeriodInvalid),
        (NOW - 90 * DAY - timedelta(milliseconds=1), NOW, PeriodTooLong),
    ],
)
def test_no_days_and_too_many_are_refused(placed_from: datetime, placed_to: datetime | None, error: type) -> None:
    with pytest.raises(error):
        period(placed_from, placed_to, now=NOW)


def test_money_is_exact() -> None:
    assert [str(yuan(fen)) for fen in (0, 1, 5980, 10**12)] == ["0.00", "0.01", "59.80", "10000000000.00"]
    assert yuan(5980) == Decimal("59.8")


def test_every_status_has_a_name() -> None:
    assert set(STATUS_NAMES) == set(OrderStatus)


@pytest.mark.parametrize(
    "wanted",
    [
        WantedOrders(format="csv", buyer_id=2**62),
        WantedOrders(format="xlsx", status="paid", placed_from=NOW - DAY, placed_to=NOW + timedelta(milliseconds=1)),
    ],
)
def test_a_wish_comes_back_from_its_job_as_it_was(wanted: WantedOrders) -> None:
    assert WantedOrders.from_json(json.loads(json.dumps(wanted.as_json()))) == wanted
