"""What moved, and what the stock is worth: sums over the ledger of at most 92 days, straight from SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import scoped_session

from backend.inventory.domain.ledger import CORRECTING, INCOMING, OUTGOING, LedgerEntry, MovementKind
from backend.inventory.domain.location import Location
from backend.inventory.domain.period import days
from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock, StockItem
from backend.inventory.repository.shop_day import shop_day
from kit.db.extension import db
from kit.repository.page import Keyset, MomentKeyset, Page, PageRequest, fetch_page

_BY_SKU = Keyset((Stock.sku_id.expression,), ("sku_id",))
_LONGEST_IDLE = MomentKeyset(
    (Stock.idle_since.expression, Stock.sku_id.expression), ("idle_since", "sku_id"), descending=False
)
_MOST_GROUPS = 100


def _units(kinds: Collection[MovementKind], sign: int, name: str) -> ColumnElement[int]:
    return func.sum(case((LedgerEntry.kind.in_(kinds), sign * LedgerEntry.on_hand_delta), else_=0)).label(name)


_SUMS = (
    _units(INCOMING, 1, "units_in"),
    _units(OUTGOING, -1, "units_out"),
    _units(CORRECTING, 1, "units_adjusted"),
    _units((MovementKind.WRITE_OFF,), -1, "units_written_off"),
)


@dataclass(frozen=True)
class Turnover:
    """Units; `turns_percent` is what left for 100 units of average stock, None when there was none."""

    opening: int
    closing: int
    left: int
    days: int

    @property
    def turns_percent(self) -> int | None:
        """100: the average stock went once."""
        both = self.opening + self.closing
        return 200 * self.left // both if both > 0 else None

    @property
    def days_on_hand(self) -> int | None:
        """How long what is there would last."""
        return self.closing * self.days // self.left if self.left else None


class Statistics:
    """Every method is one or two statements, whatever the shop's size."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def by_day(self, **period: Any) -> list[Row[Any]]:
        """One row per day of the shop on which anything moved, the first day first."""
        day = shop_day(LedgerEntry.created_at)
        query = select(day.label("day"), *_SUMS).where(*self._moved(**period))
        return list(self.session.execute(query.group_by(day).order_by(day)))

    def by_sku(self, **period: Any) -> list[Row[Any]]:
        """The 100 SKUs of which most left."""
        sums = (
            select(LedgerEntry.sku_id, *_SUMS)
            .where(*self._moved(**period))
            .group_by(LedgerEntry.sku_id)
            .order_by(_SUMS[1].desc(), LedgerEntry.sku_id)
            .limit(_MOST_GROUPS)
            .subquery()
        )
        query = select(*sums.columns, StockItem.product_id, StockItem.sku_code, StockItem.title).join(
            StockItem, StockItem.sku_id == sums.c.sku_id
        )
        return list(self.session.execute(query.order_by(sums.c.units_out.desc(), sums.c.sku_id)))

    def by_product(self, **period: Any) -> list[Row[Any]]:
        """The 100 products of which most left, each with how many of its SKUs moved and the title of one of them."""
        sums = select(LedgerEntry.sku_id, *_SUMS).where(*self._moved(**period)).group_by(LedgerEntry.sku_id).subquery()
        units_out = func.sum(sums.c.units_out).label("units_out")
        query = (
            select(
                StockItem.product_id,
                func.min(StockItem.title).label("title"),
                func.count().label("skus"),
                units_out,
                *(func.sum(sums.c[name]).label(name) for name in ("units_in", "units_adjusted", "units_written_off")),
            )
            .join(StockItem, StockItem.sku_id == sums.c.sku_id)
            .where(StockItem.product_id.is_not(None))
            .group_by(StockItem.product_id)
            .order_by(units_out.desc(), StockItem.product_id)
        )
        return list(self.session.execute(query.limit(_MOST_GROUPS)))

    def by_operator(self, **period: Any) -> list[Row[Any]]:
        """The 100 who moved goods most often."""
        movements = func.count().label("movements")
        query = select(LedgerEntry.operator, movements, *_SUMS).where(*self._moved(**period))
        busiest = query.group_by(LedgerEntry.operator).order_by(movements.desc(), LedgerEntry.operator)
        return list(self.session.execute(busiest.limit(_MOST_GROUPS)))

    def turnover(
        self,
        *,
        now: datetime,
        location_id: int = DEFAULT_LOCATION,
        sku_id: int | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> Turnover:
        """Of a location or of one SKU there. Raises `PeriodInvalid`."""
        since, until = days(first_day, last_day, now=now)
        here = [Stock.location_id == location_id] + ([Stock.sku_id == sku_id] if sku_id is not None else [])
        present = int(self.session.scalar(select(func.sum(Stock.on_hand)).where(*here)) or 0)
        later = LedgerEntry.created_at >= until
        out = LedgerEntry.kind.in_(OUTGOING) & (LedgerEntry.created_at < until)
        conditions = [LedgerEntry.created_at >= since, LedgerEntry.location_id == location_id]
        if sku_id is not None:
            conditions.append(LedgerEntry.sku_id == sku_id)
        sums = self.session.execute(
            select(
                func.sum(LedgerEntry.on_hand_delta).label("moved"),
                func.sum(case((later, LedgerEntry.on_hand_delta), else_=0)).label("later"),
                func.sum(case((out, -LedgerEntry.on_hand_delta), else_=0)).label("left"),
            ).where(*conditions)
        ).one()
        return Turnover(
            present - int(sums.moved or 0), present - int(sums.later or 0), int(sums.left or 0), (until - since).days
        )

    def value(self) -> list[Row[Any]]:
        """Units and what they have cost, per location; exact."""
        query = (
            select(
                Location.id.label("location_id"),
                Location.code,
                func.sum(Stock.on_hand).label("units"),
                func.sum(Stock.value_fen).label("value_fen"),
            )
            .join(Stock, Stock.location_id == Location.id)
            .group_by(Location.id, Location.code)
            .order_by(Location.id)
        )
        return list(self.session.execute(query))

    def costs(self, page: PageRequest, *, location_id: int = DEFAULT_LOCATION) -> Page[Row[Any]]:
        """Worth and average cost of each SKU that is there, newest SKU first."""
        query = (
            select(Stock.sku_id, StockItem.sku_code, StockItem.title, Stock.on_hand, Stock.value_fen)
            .join(StockItem, StockItem.sku_id == Stock.sku_id)
            .where(Stock.location_id == location_id, Stock.on_hand > 0)
        )
        return fetch_page(self.session, query, _BY_SKU, page)

    def dead(
        self, page: PageRequest, *, now: datetime, idle_days: int, location_id: int = DEFAULT_LOCATION
    ) -> Page[Row[Any]]:
        """What is there and of which nothing has left for so many days, the longest idle first.

        Read off an index; what is sold out since then is passed over, and is all that is read beside the page.
        """
        query = (
            select(Stock.sku_id, StockItem.sku_code, StockItem.title, Stock.on_hand, Stock.idle_since)
            .join(StockItem, StockItem.sku_id == Stock.sku_id)
            .where(
                Stock.location_id == location_id,
                Stock.on_hand > 0,
                Stock.idle_since <= now - timedelta(days=idle_days),
            )
        )
        return fetch_page(self.session, query, _LONGEST_IDLE, page)

    def _moved(
        self,
        *,
        now: datetime,
        sku_id: int | None = None,
        product_id: int | None = None,
        location_id: int | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> list[ColumnElement[bool]]:
        since, until = days(first_day, last_day, now=now)
        found = [LedgerEntry.created_at >= since, LedgerEntry.created_at < until, LedgerEntry.on_hand_delta != 0]
        found += [LedgerEntry.sku_id == sku_id] if sku_id is not None else []
        if product_id is not None:
            found.append(LedgerEntry.sku_id.in_(select(StockItem.sku_id).where(StockItem.product_id == product_id)))
        return found + ([LedgerEntry.location_id == location_id] if location_id is not None else [])
