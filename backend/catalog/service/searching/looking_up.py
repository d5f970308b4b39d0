"""Staff look for products: by words, by a code, by what they belong to, in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from backend.catalog.domain.search.document import FACET_MARK, marks
from backend.catalog.domain.search.port import Listed, Sought, Spot, StaffIndex
from backend.catalog.domain.search.question import ask
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.query import CatalogQuery
from kit.repository.page import BadCursor, Page, PageRequest, decode_cursor, encode_cursor


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """What staff look for; None: any. `category_id` is this very category, `below_id` one with all below it."""

    text: str | None = None
    status: ProductStatus | None = None
    category_id: int | None = None
    below_id: int | None = None
    brand_id: int | None = None
    tag_ids: frozenset[int] = frozenset()
    code: str | None = None

    @property
    def is_plain(self) -> bool:
        """Answered by the products themselves, as they are this moment."""
        return self.text is None and self.below_id is None and not self.tag_ids

    @property
    def readings(self) -> list[tuple[str, ...]]:
        """The ways to understand it, as terms; the first that finds anything counts.

        A code that exists is the whole question: nobody types one by chance. Then its words, then its characters.
        """
        categories = [one for one in (self.below_id, self.category_id) if one is not None]
        found = marks(self.status, category_ids=categories, brand_id=self.brand_id, tag_ids=sorted(self.tag_ids))
        marked = tuple(dict.fromkeys(FACET_MARK + mark for mark in found))
        if self.text is None:
            return [marked]
        question = ask(self.text)
        spelled = question.by_characters()
        readings: list[tuple[str, ...]] = [(question.code,)] if question.code is not None else []
        readings += [one.required for one in (question, spelled) if one is not None and one.required]
        return [(*reading, *marked) for reading in readings]

    @property
    def on_sale(self) -> bool | None:
        """Where to look."""
        return None if self.status is None else self.status is ProductStatus.ON_SALE


class LookingUp:
    """The staff's list of products."""

    def __init__(self, index: StaffIndex, query: CatalogQuery) -> None:
        self.index = index
        self.query = query

    def page(self, page: PageRequest, lookup: Lookup) -> Page[Row[Any]]:
        """Found by the index, a moment behind; without anything it is needed for, newest first. Raises `BadCursor`.

        At most seven statements: two for each reading, one for the products.
        """
        if lookup.is_plain:
            return self.query.products(
                page,
                status=lookup.status,
                category_id=lookup.category_id,
                brand_id=lookup.brand_id,
                code=lookup.code,
            )
        reading, found = self._find(page, lookup)
        rows = self.query.products_of(found.product_ids, category_id=lookup.category_id) if found.product_ids else []
        return Page(rows, None if found.after is None else _cursor(reading, found.after))

    def _find(self, page: PageRequest, lookup: Lookup) -> tuple[int, Listed]:
        readings = lookup.readings
        if page.cursor is not None:
            reading, spot = _place(page.cursor, readings)
            return reading, self.index.walk(Sought(readings[reading], lookup.on_sale), limit=page.limit, after=spot)
        for reading, terms in enumerate(readings):
            found = self.index.walk(Sought(terms, lookup.on_sale), limit=page.limit)
            if found:
                return reading, found
        return 0, Listed([])


def _cursor(reading: int, spot: Spot) -> str:
    return encode_cursor([reading, spot.lead, spot.impact, spot.product_id])


def _place(cursor: str, readings: Sequence[tuple[str, ...]]) -> tuple[int, Spot]:
    reading, lead, impact, product_id = decode_cursor(cursor, 4)
    if not (0 <= reading < len(readings) and 0 <= lead < len(readings[reading])):
        raise BadCursor.naming("cursor")
    return reading, Spot(lead, impact, product_id)
