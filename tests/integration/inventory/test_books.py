"""The books add up after any day, and the database refuses what cannot be."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError

from backend.inventory.domain.error import OutOfStock
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.reservation import Reservation, ReservationState
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from tests.factories.inventory import deduct, ledger, level, new_sku, receive, release, reserve
from tests.support.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("app")
STEPS = 40


@dataclass
class Model:
    """What a shopkeeper with a pencil would write down."""

    on_hand: dict[int, int]
    open: dict[str, dict[int, int]] = field(default_factory=dict)

    def reserved(self, sku_id: int) -> int:
        return sum(promise.get(sku_id, 0) for promise in self.open.values())

    def has(self, quantities: dict[int, int]) -> bool:
        return all(self.on_hand[sku_id] - self.reserved(sku_id) >= wanted for sku_id, wanted in quantities.items())


def play(model: Model, dice: random.Random, step: int) -> None:
    """One random thing happens, to the shop and to the model alike."""
    some = dice.sample(list(model.on_hand), dice.randint(1, len(model.on_hand)))
    quantities = {sku_id: dice.randint(1, 4) for sku_id in some}
    reference = dice.choice([*model.open, "order:never"])
    match dice.choice(["receive", "reserve", "reserve", "release", "deduct"]):
        case "receive":
            receive(quantities, reference=f"receipt:{step}")
            for sku_id, units in quantities.items():
                model.on_hand[sku_id] += units
        case "reserve" if model.has(quantities):
            reserve(quantities, reference=f"order:{step}")
            model.open[f"order:{step}"] = quantities
        case "reserve":
            with pytest.raises(OutOfStock):
                reserve(quantities, reference=f"order:{step}")
        case "release":
            assert release(reference) is (reference in model.open)
            model.open.pop(reference, None)
        case "deduct":
            assert deduct(reference) is (reference in model.open)
            for sku_id, units in model.open.pop(reference, {}).items():
                model.on_hand[sku_id] -= units


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_day_levels_ledger_and_reservations_agree_with_pencil_and_paper(seed: int) -> None:
    dice = random.Random(seed)
    model = Model(on_hand={new_sku(): 0 for _ in range(3)})
    for step in range(STEPS):
        play(model, dice, step)
    for sku_id, on_hand in model.on_hand.items():
        assert level(sku_id) == (on_hand, model.reserved(sku_id))
        assert_ledger_leads_to(sku_id, on_hand, model.reserved(sku_id))
        assert promised(sku_id) == model.reserved(sku_id)


def assert_ledger_leads_to(sku_id: int, on_hand: int, reserved: int) -> None:
    """Each row begins where the one before ended, and the last one ends here."""
    at = (0, 0)
    for row in ledger(sku_id):
        assert (row.on_hand_before, row.reserved_before) == at
        at = (row.on_hand_before + row.on_hand_delta, row.reserved_before + row.reserved_delta)
        assert (row.on_hand_after, row.reserved_after) == at
    assert at == (on_hand, reserved)


def promised(sku_id: int) -> int:
    """Units in open reservations."""
    total = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
        Reservation.sku_id == sku_id, Reservation.state == ReservationState.OPEN
    )
    return int(db.session.scalar(total) or 0)


@pytest.mark.parametrize("impossible", [{"on_hand": -1}, {"reserved": -1}, {"reserved": 6}, {"on_hand": 2}])
def test_the_database_refuses_levels_that_cannot_be(impossible: dict[str, int]) -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3})
    with nothing_changes(), pytest.raises(DBAPIError):
        db.session.execute(update(Stock).where(Stock.sku_id == sku_id).values(**impossible))


@pytest.mark.parametrize("wrong", [{"on_hand_after": 9}, {"reserved_after": 1}, {"kind": "lost"}])
def test_the_database_refuses_ledger_rows_that_do_not_add_up(wrong: dict[str, object]) -> None:
    row = {
        "id": new_id(),
        "sku_id": new_sku(),
        "location_id": DEFAULT_LOCATION,
        "kind": MovementKind.RECEIVE.value,
        "on_hand_before": 0,
        "on_hand_delta": 8,
        "on_hand_after": 8,
        "reserved_before": 0,
        "reserved_delta": 0,
        "reserved_after": 0,
        "reference": "receipt:1",
        "reason": "x",
        "operator": "staff:7",
        "created_at": utc_now(),
    }
    with nothing_changes(), pytest.raises(DBAPIError):
        db.session.execute(insert(LedgerEntry.__table__), [row | wrong])


def test_the_database_refuses_an_empty_promise() -> None:
    sku_id = new_sku(units=5)
    reserve({sku_id: 3})
    with nothing_changes(), pytest.raises(DBAPIError):
        db.session.execute(update(Reservation).values(quantity=0))
