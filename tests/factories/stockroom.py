"""A stockroom with locations, papers and dated goods."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from backend.inventory.domain.batch import SHOP_ZONE, Batch
from backend.inventory.domain.coming_back import ReturnLine
from backend.inventory.domain.document import Document
from backend.inventory.domain.movement import BatchRef
from backend.inventory.domain.paper import Line, Paper
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock
from backend.inventory.service.places import LocationFacts, Thresholds
from backend.inventory.service.returning import ReturnPaper
from backend.inventory.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.inventory import OPERATOR, new_sku
from tests.support.fresh import fresh_session

_numbers = itertools.count(1)


def today() -> date:
    """The shop's day."""
    return utc_now().astimezone(SHOP_ZONE).date()


def in_days(days: int) -> date:
    """So many days from the shop's day."""
    return today() + timedelta(days=days)


def new_location(*, sellable: bool = True, priority: int = 10) -> int:
    """Its id."""
    number = next(_numbers)
    facts = LocationFacts(f"仓 {number}", sellable, priority)
    return services().places.add_location(f"WH-{number}", facts).id


def paper(*lines: Line, at: datetime | None = None, **over: Any) -> Paper:
    """Written by staff, now."""
    return Paper(lines=lines, at=at or utc_now(), **({"reason": "test", "operator": OPERATOR} | over))


def batch(number: str, expires_in: int | None = None) -> BatchRef:
    """A batch that may be sold for `expires_in` more days; None when only its number is needed."""
    return BatchRef(number, None, None if expires_in is None else in_days(expires_in))


def inbound(*lines: Line, **over: Any) -> int:
    """Goods come in."""
    return services().documents.inbound(paper(*lines, **over))


def outbound(*lines: Line, **over: Any) -> int:
    """Goods leave."""
    return services().documents.outbound(paper(*lines, **over))


def write_off(*lines: Line, **over: Any) -> int:
    """Goods are broken."""
    return services().documents.write_off(paper(*lines, **over))


def transfer(*lines: Line, to: int, source: int = DEFAULT_LOCATION, **over: Any) -> int:
    """Goods go over."""
    return services().documents.transfer(paper(*lines, location_id=source, to_location_id=to, **over))


def adjust(sku_id: int, quantity: int, *, location_id: int = DEFAULT_LOCATION, **over: Any) -> int:
    """The books are put right."""
    payload = {
        "location_id": str(location_id),
        "reason": "test",
        "lines": [{"sku_id": str(sku_id), "quantity": quantity} | over],
    }
    return services().adjusting.apply(payload, operator=OPERATOR, now=utc_now())


def take_back(source: str, *lines: ReturnLine, **over: Any) -> int:
    """Goods come back."""
    given = {"reason": "test", "operator": OPERATOR, "at": utc_now()} | over
    return services().returning.accept(ReturnPaper(source=source, lines=lines, **given))


def tracked_sku(*batches: tuple[str, int, int], location_id: int = DEFAULT_LOCATION) -> int:
    """A SKU with batches of number, days to its last day, and units."""
    sku_id = new_sku()
    services().places.track_batches(sku_id, True, operator=OPERATOR, now=utc_now())
    # Received when they were fresh: what is past its date today is not taken in today.
    for number, days, units in batches:
        long_ago = utc_now() - timedelta(days=400)
        inbound(Line(sku_id, units, batch(number, days)), location_id=location_id, at=long_ago)
    return sku_id


def batches_of(sku_id: int, location_id: int = DEFAULT_LOCATION) -> dict[str, int]:
    """Batch → units, those with any."""
    fresh_session()
    query = select(Batch.batch_no, Batch.on_hand).where(
        Batch.sku_id == sku_id, Batch.location_id == location_id, Batch.on_hand > 0
    )
    return {row.batch_no: row.on_hand for row in db.session.execute(query)}


def set_limits(
    sku_id: int, minimum: int | None = None, maximum: int | None = None, *, shelf: str = "", location_id: int = 1
) -> None:
    """Thresholds of a SKU."""
    here = (Stock.sku_id == sku_id, Stock.location_id == location_id)
    seen = db.session.scalar(select(Stock.arranged).where(*here)) or 0
    limits = Thresholds(minimum, maximum, shelf)
    services().places.set_thresholds(sku_id, location_id, limits, version=seen, now=utc_now())


def open_count(*sku_ids: int, location_id: int = DEFAULT_LOCATION, shelf: str | None = None) -> int:
    """A count sheet of these SKUs, or of all."""
    return services().counting.open(
        location_id=location_id,
        sku_ids=sku_ids or None,
        shelf=shelf,
        reason="stock-take",
        operator=OPERATOR,
        now=utc_now(),
    )


def enter(count_id: int, figures: dict[int, int]) -> None:
    """Line → counted."""
    services().counting.enter(count_id, figures, operator=OPERATOR, now=utc_now())


def post(count_id: int, *, skip_uncounted: bool = False) -> int:
    """Book the differences."""
    return services().counting.post(count_id, skip_uncounted=skip_uncounted, operator=OPERATOR, now=utc_now())


def document(document_id: int) -> dict[str, Any]:
    """As staff see it."""
    fresh_session()
    return services().papers.document(document_id)


def deviations() -> list[str]:
    """What verification finds."""
    fresh_session()
    return [str(deviation) for deviation in services().verification.deviations()]


def references() -> list[str]:
    """Of all documents."""
    fresh_session()
    return list(db.session.scalars(select(Document.reference).order_by(Document.id)))
