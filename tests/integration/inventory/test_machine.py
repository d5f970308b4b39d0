"""The state machine: at least 2,000 steps here, at least 50,000 in `make soak` (STOCK_STEPS)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from backend.inventory.domain.shelf import Shelf
from backend.inventory.domain.stock import DEFAULT_LOCATION
from backend.inventory.service import counting
from backend.inventory.wiring import services
from kit.db.node import lease
from tests.integration.inventory.machine import StockMachine
from tests.support.isolation import rolled_back

STEPS = int(os.environ.get("STOCK_STEPS", "2000"))
EACH = 50


@pytest.fixture(autouse=True)
def isolated(session_app: Flask) -> Iterator[None]:
    """The machine has a clock of its own, and each of its examples a transaction that is taken back."""
    lease.pin(1)
    with session_app.app_context():
        StockMachine.isolated = lambda: rolled_back(session_app)
        kept = services().availability.clock
        yield
        services().availability.clock = kept


def run(steps: int, *, chance: bool = False, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    """Examples of up to 50 steps; some end early. The same ones in every run, unless left to chance."""
    run_state_machine_as_test(
        StockMachine,
        settings=settings(
            max_examples=steps * 5 // 4 // EACH,
            stateful_step_count=EACH,
            deadline=None,
            derandomize=not chance,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(max(200, STEPS // 5))
def test_whatever_happens_the_books_agree_with_pencil_and_paper() -> None:
    StockMachine.taken = 0
    run(STEPS, chance="STOCK_STEPS" in os.environ)
    assert StockMachine.taken >= STEPS


def _one_batch_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Shelf._of
    monkeypatch.setattr(Shelf, "_of", lambda self, key: whole(self, key)[:1])


def _corrected_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(count: Any, row: Any, book: Any) -> Any:
        return whole(count, row, counting.BookFigure(book.on_hand, row.corrected_at_count))

    whole = counting._leg
    monkeypatch.setattr(counting, "_leg", forgetful)


def _nothing_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelf, "expire", lambda self, key, *, now: [])


def _one_location(monkeypatch: pytest.MonkeyPatch) -> None:
    stock, whole = services().stock, services().stock.everywhere
    monkeypatch.setattr(
        stock, "everywhere", lambda skus: [row for row in whole(skus) if row.location_id == DEFAULT_LOCATION]
    )


@pytest.mark.timeout(200)
@pytest.mark.parametrize("break_it", [_one_batch_seen, _corrected_twice, _nothing_expires, _one_location])
def test_control_a_broken_shop_is_found_out(monkeypatch: pytest.MonkeyPatch, break_it: Any) -> None:
    break_it(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017, PT011 - an AssertionError, or what the broken part stumbles over
        run(4000, phases=(Phase.generate,))
