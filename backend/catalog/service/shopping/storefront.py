"""What customers read, as hot bytes: JSON straight from Core rows, cached, shared by everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, exists, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.category import Category
from backend.catalog.domain.error import ProductNotOnSale
from backend.catalog.domain.listing import FacetKind, Listing
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.stock import StockSeen
from backend.catalog.domain.tag import ProductTag, Tag
from backend.catalog.domain.tree import shown_ids
from backend.catalog.service.nesting import nested
from backend.catalog.service.shopping.browsing import Browsing, Wish
from backend.catalog.service.shopping.cards import IN_LISTS, card, cards
from backend.catalog.service.shopping.home_page import HomePage
from backend.media import facade as media
from kit.cache.hot import HotBytes, HotCache
from kit.db.extension import db
from kit.repository.page import PageRequest

MOST_NAMES = 1000
_MORE = ("parameters", "origin")


class Storefront:
    """The shop window: only live categories and products on sale."""

    def __init__(self, cache: HotCache, browsing: Browsing, session: scoped_session[Any] | None = None) -> None:
        self.cache = cache
        self.browsing = browsing
        self.session: scoped_session[Any] = session or db.session

    def home(self, *, now: datetime) -> HotBytes:
        """The first screen as staff have arranged it."""
        return self.cache.get("home", lambda: self._read_home(now))

    def categories(self) -> HotBytes:
        """The category tree."""
        return self.cache.get("categories", self._read_categories)

    def products(self, page: PageRequest, wish: Wish) -> HotBytes:
        """Products on sale that fit `wish`. Raises `CategoryNotFound`, `BrandNotFound`, `TagNotFound`, `BadCursor`.

        Kept are first pages of the whole shop and of categories: what everybody sees, and bounded. Later pages and
        combinations are read rarely, and by robots: keeping everything somebody invents would fill Redis.
        """
        if page.cursor is not None or not wish.is_common:
            return HotBytes.of(self._read_products(page, wish))
        key = f"products:{wish.category_id or 'all'}:{wish.order}:{page.limit}"
        return self.cache.get(key, lambda: self._read_products(page, wish))

    def brands(self) -> HotBytes:
        """Brands with something on sale, in order of display; at most a thousand."""
        return self.cache.get("brands", self._read_brands)

    def tags(self) -> HotBytes:
        """Tags with something on sale, in order of display."""
        return self.cache.get("tags", self._read_tags)

    def product(self, product_id: int) -> HotBytes:
        """One product on sale with its SKUs. Raises `ProductNotOnSale`."""
        return self.cache.get(f"product:{product_id}", lambda: self._read_product(product_id))

    def cards(self, product_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Cards of those of the products that are on sale at this moment. One statement."""
        rows = self.session.execute(_cards().where(Product.id.in_(product_ids)))
        return {row.id: card(row) for row in rows}

    def _read_home(self, now: datetime) -> dict[str, Any]:
        rows = self.session.execute(_live_categories()).all()
        shown = {row.id: _category(row) for row in _without_hidden(rows)}
        hidden = {row.id for row in rows} - shown.keys()
        page = HomePage(self.session, self.browsing, cards=_cards(), card=card, shown=shown, hidden=hidden)
        return page.read(now=now)

    def _read_categories(self) -> dict[str, Any]:
        rows = _without_hidden(self.session.execute(_live_categories()).all())
        return {"items": nested([_category(row) for row in rows])}

    def _read_brands(self) -> dict[str, Any]:
        query = select(Brand.id, Brand.name, Brand.logo).where(
            Brand.archived_at.is_(None), _on_sale_as(Brand.id, FacetKind.BRAND)
        )
        rows = self.session.execute(query.order_by(Brand.sort_order, Brand.id).limit(MOST_NAMES))
        return {"items": [{"id": str(row.id), "name": row.name, "logo": media.url(row.logo)} for row in rows]}

    def _read_tags(self) -> dict[str, Any]:
        query = select(Tag.id, Tag.name).where(_on_sale_as(Tag.id, FacetKind.TAG))
        return {"items": _named(self.session.execute(query.order_by(Tag.sort_order, Tag.id).limit(MOST_NAMES)).all())}

    def _read_products(self, request: PageRequest, wish: Wish) -> dict[str, Any]:
        page = self.browsing.page(_cards(), wish, request).map(card)
        return {"items": page.items, "next_cursor": page.next_cursor}

    def _read_product(self, product_id: int) -> dict[str, Any]:
        query = (
            _cards()
            .add_columns(Product.gallery, Product.video, Product.detail, *[getattr(Product, name) for name in _MORE])
            .add_columns(Category.name.label("category_name"))
            .join(Category, Category.id == Product.category_id)
            .where(Product.id == product_id)
        )
        row = self.session.execute(query).first()
        if row is None:
            raise ProductNotOnSale
        skus = self.session.execute(
            select(*Sku.__table__.columns)
            .where(Sku.product_id == product_id, Sku.archived_at.is_(None))
            .order_by(Sku.position)
        ).all()
        worn = select(Tag.id, Tag.name).join(ProductTag, ProductTag.tag_id == Tag.id)
        tags = self.session.execute(
            worn.where(ProductTag.product_id == product_id).order_by(Tag.sort_order, Tag.id)
        ).all()
        more = {name: getattr(row, name) for name in ("category_name", *_MORE)}
        shown = {
            "image_url": media.url(row.image_url),
            "gallery": [media.url(stored) for stored in row.gallery],
            "video": media.url(row.video),
            "detail": media.urls_in(html=row.detail),
        }
        parts = {"tags": _named(tags), "specs": _matrix(skus), "skus": [_sku(sku) for sku in skus]}
        return card(row) | more | shown | parts


def _live_categories() -> Select[*tuple[Any, ...]]:
    columns = (Category.id, Category.parent_id, Category.name, Category.image_url, Category.shown)
    return select(*columns).where(Category.archived_at.is_(None)).order_by(Category.sort_order, Category.id)


def _without_hidden(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Without what is hidden and all below it."""
    shown = shown_ids({row.id: (row.parent_id, row.shown) for row in rows})
    return [row for row in rows if row.id in shown]


def _on_sale_as(facet_id: SQLColumnExpression[int], kind: FacetKind) -> ColumnElement[bool]:
    return exists().where(Listing.kind == kind, Listing.facet_id == facet_id)


def _cards() -> Select[*tuple[Any, ...]]:
    return cards().where(Product.status == ProductStatus.ON_SALE)


def _category(row: Row[Any]) -> dict[str, Any]:
    parent_id = None if row.parent_id is None else str(row.parent_id)
    return {
        "id": str(row.id),
        "parent_id": parent_id,
        "name": row.name,
        "image_url": media.url(row.image_url, variant=IN_LISTS),
    }


def _sku(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "code": row.code,
        "spec": row.spec,
        "spec_text": row.spec_text,
        "price_fen": row.price_fen,
        "list_price_fen": row.list_price_fen,
        "image_url": None if row.image_url is None else media.url(row.image_url),
        "in_stock": row.in_stock,
        "stock": StockSeen(row.in_stock, row.low_count).state,
        "low_count": row.low_count,
        "order_limit": row.order_limit,
    }


def _named(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"id": str(row.id), "name": row.name} for row in rows]


def _matrix(skus: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Every spec name with its values in order of appearance: what the mini-program draws its buttons from."""
    values: dict[str, dict[str, None]] = {}
    for sku in skus:
        for pair in sku.spec:
            values.setdefault(pair["name"], {})[pair["value"]] = None
    return [{"name": name, "values": list(found)} for name, found in values.items()]
