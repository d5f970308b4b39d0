"""The first screen as customers see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.home import HomeSection, HomeSlot, LinkTarget
from backend.catalog.domain.listing import ListOrder
from backend.catalog.domain.product import Product
from backend.catalog.service.shopping.browsing import Browsing, Wish
from backend.media import facade as media
from kit.repository.page import PageRequest

# Of a section that nobody has arranged.
FALLBACK = 10
_ORDERS = {
    HomeSection.NEWEST: ListOrder.NEWEST,
    HomeSection.HOT: ListOrder.SALES,
    HomeSection.RECOMMENDED: ListOrder.DEFAULT,
}


class HomePage:
    """One reading: `cards` selects what is on sale, `card` shows a row of it, `shown` are categories by id."""

    def __init__(
        self,
        session: scoped_session[Any],
        browsing: Browsing,
        *,
        cards: Select[*tuple[Any, ...]],
        card: Callable[[Row[Any]], dict[str, Any]],
        shown: Mapping[int, dict[str, Any]],
        hidden: Collection[int],
    ) -> None:
        self.session = session
        self.browsing = browsing
        self.cards = cards
        self.card = card
        self.shown = shown
        self.hidden = hidden

    def read(self, *, now: datetime) -> dict[str, Any]:
        """Every section as arranged, without what is gone; an empty one falls back. At most five statements."""
        slots = self._slots(now)
        on_sale = self._products({slot.target_id for slot in slots if slot.target is LinkTarget.PRODUCT})
        targets: dict[LinkTarget, Mapping[int, Any]] = {LinkTarget.PRODUCT: on_sale, LinkTarget.CATEGORY: self.shown}
        live = [slot for slot in slots if slot.target not in targets or slot.target_id in targets[slot.target]]
        categories = _once(self.shown[slot.target_id] for slot in _of(live, HomeSection.CATEGORIES))
        page: dict[str, Any] = {
            "banners": [_banner(slot) for slot in _of(live, HomeSection.BANNERS)],
            "categories": categories or [one for one in self.shown.values() if one["parent_id"] is None],
        }
        for section, order in _ORDERS.items():
            arranged = _once(on_sale[slot.target_id] for slot in _of(live, section))
            page[section.value] = arranged or self._first(order)
        return page

    def _slots(self, now: datetime) -> Sequence[Row[Any]]:
        query = select(*HomeSlot.__table__.columns).where(
            HomeSlot.section.in_(HomeSection),
            or_(HomeSlot.shown_from.is_(None), HomeSlot.shown_from <= now),
            or_(HomeSlot.shown_until.is_(None), HomeSlot.shown_until > now),
        )
        # A few hundred at most: put in order here, so that the database need not sort.
        return sorted(self.session.execute(query).all(), key=lambda slot: (slot.position, slot.id))

    def _products(self, product_ids: Collection[int]) -> dict[int, dict[str, Any]]:
        if not product_ids:
            return {}
        rows = self.session.execute(self.cards.where(Product.id.in_(product_ids)))
        return {row.id: self.card(row) for row in rows}

    def _first(self, order: ListOrder) -> list[dict[str, Any]]:
        wish = Wish(order=order, without=frozenset(self.hidden))
        return [self.card(row) for row in self.browsing.page(self.cards, wish, PageRequest(FALLBACK)).items]


def _of(slots: Sequence[Row[Any]], section: HomeSection) -> list[Row[Any]]:
    return [slot for slot in slots if slot.section is section]


def _once(found: Any) -> list[dict[str, Any]]:
    return list({one["id"]: one for one in found}.values())


def _banner(slot: Row[Any]) -> dict[str, Any]:
    return {
        "title": slot.title,
        "image_url": media.url(slot.image),
        "target": slot.target,
        "target_id": None if slot.target_id is None else str(slot.target_id),
        "page": slot.page,
    }
