"""What customers read, as hot bytes: JSON straight from Core rows, cached, shared by everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.category import Category
from backend.catalog.domain.error import CategoryNotFound, ProductNotFound
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tree import shown_ids, subtree_ids
from backend.catalog.service.home_page import HomePage
from backend.catalog.service.nesting import nested
from backend.media import facade as media
from kit.cache.hot import HotBytes, HotCache
from kit.db.extension import db
from kit.repository.page import Keyset, PageRequest, fetch_page

# Half the width of a phone, at two pixels a point.
_IN_LISTS = "w400"
# Ids are made in order of time: newest first needs no other column.
_NEWEST = Keyset((Product.id.expression,), ("id",))


class Storefront:
    """The shop window: only live categories and products on sale."""

    def __init__(self, cache: HotCache, session: scoped_session[Any] | None = None) -> None:
        self.cache = cache
        self.session: scoped_session[Any] = session or db.session

    def home(self, *, now: datetime) -> HotBytes:
        """The first screen as staff have arranged it."""
        return self.cache.get("home", lambda: self._read_home(now))

    def categories(self) -> HotBytes:
        """The category tree."""
        return self.cache.get("categories", self._read_categories)

    def products(self, page: PageRequest, *, category_id: int | None = None) -> HotBytes:
        """Products on sale, newest first; a category includes those below. Raises `CategoryNotFound`, `BadCursor`."""
        if page.cursor is not None:
            # Later pages are read rarely, and by robots: keeping every cursor somebody invents would fill Redis.
            return HotBytes.of(self._read_products(page, category_id))
        key = f"products:{category_id or 'all'}:{page.limit}"
        return self.cache.get(key, lambda: self._read_products(page, category_id))

    def product(self, product_id: int) -> HotBytes:
        """One product on sale with its SKUs. Raises `ProductNotFound`."""
        return self.cache.get(f"product:{product_id}", lambda: self._read_product(product_id))

    def cards(self, product_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Cards of those of the products that are on sale at this moment. One statement."""
        rows = self.session.execute(_cards().where(Product.id.in_(product_ids)))
        return {row.id: _card(row) for row in rows}

    def _read_home(self, now: datetime) -> dict[str, Any]:
        rows = self.session.execute(_live_categories()).all()
        shown = {row.id: _category(row) for row in _without_hidden(rows)}
        hidden = {row.id for row in rows} - shown.keys()
        return HomePage(self.session, cards=_cards(), card=_card, shown=shown, hidden=hidden).read(now=now)

    def _read_categories(self) -> dict[str, Any]:
        rows = _without_hidden(self.session.execute(_live_categories()).all())
        return {"items": nested([_category(row) for row in rows])}

    def _read_products(self, request: PageRequest, category_id: int | None) -> dict[str, Any]:
        query = _cards()
        if category_id is not None:
            query = query.where(Product.category_id.in_(self._subtree(category_id)))
        elif request.cursor is not None:
            # Left alone, MariaDB looks the status up and reads every product in front of the cursor: 50 ms at 100,000.
            for dialect in ("mysql", "mariadb"):
                query = query.with_hint(Product, "FORCE INDEX (ix_cat_product_shelf)", dialect)
        page = fetch_page(self.session, query, _NEWEST, request).map(_card)
        return {"items": page.items, "next_cursor": page.next_cursor}

    def _subtree(self, category_id: int) -> list[int]:
        rows = self.session.execute(select(Category.id, Category.parent_id).where(Category.archived_at.is_(None)))
        parents: dict[int, int | None] = {row.id: row.parent_id for row in rows}
        if category_id not in parents:
            raise CategoryNotFound
        return subtree_ids(parents, category_id)

    def _read_product(self, product_id: int) -> dict[str, Any]:
        query = (
            _cards()
            .add_columns(Product.gallery, Product.parameters, Category.name.label("category_name"))
            .join(Category, Category.id == Product.category_id)
            .where(Product.id == product_id)
        )
        row = self.session.execute(query).first()
        if row is None:
            raise ProductNotFound
        skus = self.session.execute(
            select(*Sku.__table__.columns)
            .where(Sku.product_id == product_id, Sku.archived_at.is_(None))
            .order_by(Sku.position)
        ).all()
        more = {
            "image_url": media.url(row.image_url),
            "category_name": row.category_name,
            "gallery": [media.url(stored) for stored in row.gallery],
            "parameters": row.parameters,
        }
        return _card(row) | more | {"specs": _matrix(skus), "skus": [_sku(sku) for sku in skus]}


def _live_categories() -> Select[*tuple[Any, ...]]:
    columns = (Category.id, Category.parent_id, Category.name, Category.image_url, Category.shown)
    return select(*columns).where(Category.archived_at.is_(None)).order_by(Category.sort_order, Category.id)


def _without_hidden(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Without what is hidden and all below it."""
    shown = shown_ids({row.id: (row.parent_id, row.shown) for row in rows})
    return [row for row in rows if row.id in shown]


def _cards() -> Select[*tuple[Any, ...]]:
    in_stock = exists().where(Sku.product_id == Product.id, Sku.archived_at.is_(None), Sku.in_stock)
    return select(
        Product.id,
        Product.code,
        Product.category_id,
        Product.title,
        Product.brand,
        Product.selling_point,
        Product.unit,
        Product.image_url,
        Product.min_price_fen,
        in_stock.label("in_stock"),
    ).where(Product.status == ProductStatus.ON_SALE)


def _category(row: Row[Any]) -> dict[str, Any]:
    parent_id = None if row.parent_id is None else str(row.parent_id)
    return {
        "id": str(row.id),
        "parent_id": parent_id,
        "name": row.name,
        "image_url": media.url(row.image_url, variant=_IN_LISTS),
    }


def _card(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "code": row.code,
        "category_id": str(row.category_id),
        "title": row.title,
        "brand": row.brand,
        "selling_point": row.selling_point,
        "unit": row.unit,
        "image_url": media.url(row.image_url, variant=_IN_LISTS),
        "min_price_fen": row.min_price_fen,
        "in_stock": bool(row.in_stock),
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
    }


def _matrix(skus: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Every spec name with its values in order of appearance: what the mini-program draws its buttons from."""
    values: dict[str, dict[str, None]] = {}
    for sku in skus:
        for pair in sku.spec:
            values.setdefault(pair["name"], {})[pair["value"]] = None
    return [{"name": name, "values": list(found)} for name, found in values.items()]
