"""SKUs that only inventory knows, and what its books say of them."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import select

from backend.inventory import facade as inventory
from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.domain.reservation import Reservation
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.service.transaction import in_transaction
from tests.support.fresh import fresh_session

OPERATOR = "staff:7"
_numbers = itertools.count(1)


def new_sku(units: int = 0, *, product_id: int | None = None) -> int:
    """A SKU with `units` on hand; its id."""
    sku_id, number = new_id(), next(_numbers)
    sku = inventory.Sku(sku_id=sku_id, code=f"SHELF-{number}", title=f"货 {number}", product_id=product_id)

    def keep() -> None:
        inventory.register(skus=[sku], operator=OPERATOR, now=utc_now())
        if units:
            receive({sku_id: units}, reference=f"first:{number}")

    in_transaction(keep)
    return sku_id


def receive(quantities: dict[int, int], *, reference: str) -> None:
    """Goods come in."""
    inventory.receive(quantities=quantities, reference=reference, reason="delivery", operator=OPERATOR, now=utc_now())


def reserve(quantities: dict[int, int], *, reference: str = "order:1") -> None:
    """Goods are promised."""
    inventory.reserve(quantities=quantities, reference=reference, operator="member:42", now=utc_now())


def release(reference: str = "order:1") -> bool:
    """A promise is taken back."""
    return inventory.release(reference=reference, reason="cancelled", operator=OPERATOR, now=utc_now())


def deduct(reference: str = "order:1") -> bool:
    """Promised goods leave."""
    return inventory.deduct(reference=reference, operator=OPERATOR, now=utc_now())


def level(sku_id: int, location_id: int = DEFAULT_LOCATION) -> tuple[int, int]:
    """On hand and reserved, as the database has them."""
    row = stock_row(sku_id, location_id)
    return row.on_hand, row.reserved


def stock_row(sku_id: int, location_id: int = DEFAULT_LOCATION) -> Any:
    """Everything about a SKU at a location."""
    fresh_session()
    query = select(*Stock.__table__.columns).where(Stock.sku_id == sku_id, Stock.location_id == location_id)
    return db.session.execute(query).one()


def ledger(sku_id: int) -> list[Any]:
    """The movements of a SKU, oldest first."""
    fresh_session()
    return list(
        db.session.execute(
            select(*LedgerEntry.__table__.columns).where(LedgerEntry.sku_id == sku_id).order_by(LedgerEntry.id)
        )
    )


def reservations(reference: str) -> dict[int, tuple[int, str]]:
    """SKU → quantity and state of what `reference` was ever promised."""
    fresh_session()
    rows = db.session.scalars(select(Reservation).where(Reservation.reference == reference))
    return {row.sku_id: (row.quantity, row.state.value) for row in rows}
