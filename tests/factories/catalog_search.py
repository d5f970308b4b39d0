"""Products that search knows, and documents that need no product."""

from __future__ import annotations

from typing import Any

from backend.catalog.domain.search.document import BRAND, CATEGORY, SELLING_POINT, TITLE, SearchDocument
from backend.catalog.wiring import services
from kit.repository.page import PageRequest
from tests.factories.catalog import ProductFixture, make_product

_WEIGHTS = {"title": TITLE, "brand": BRAND, "category": CATEGORY, "selling_point": SELLING_POINT}


def make_indexed(title: str, **over: Any) -> ProductFixture:
    """A product on sale, in the index."""
    made = make_product(title=title, **over)
    services().indexing.products([made.product_id])
    return made


def document(product_id: int, title: str = "", **over: Any) -> SearchDocument:
    """Texts by field name; the rest are fields of `SearchDocument`."""
    texts = {"title": title} | {name: over.pop(name) for name in _WEIGHTS if name in over}
    fields = tuple((text, _WEIGHTS[name]) for name, text in texts.items())
    return SearchDocument(product_id=product_id, fields=fields, **over)


def found(text: str, limit: int = 20) -> list[str]:
    """Titles of the first page."""
    return [item["title"] for item in services().finding.search(text, PageRequest(limit, None))["items"]]
