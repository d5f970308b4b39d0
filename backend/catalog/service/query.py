"""Reads for staff and for other contexts, straight from SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.category import Category
from backend.catalog.domain.error import ProductNotFound, SlotNotFound
from backend.catalog.domain.home import HomeSection, HomeSlot
from backend.catalog.domain.price_change import PriceChange
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import ProductTag, Tag
from backend.catalog.repository.arrangement import ArrangementRepository
from backend.catalog.service.nesting import nested
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Product.id.expression,), ("id",))
_AS_SHOWN = Keyset((HomeSlot.position.expression, HomeSlot.id.expression), ("position", "id"), descending=False)
_LATEST_PRICE = Keyset((PriceChange.id.expression,), ("id",))
_BULKY = {"gallery", "parameters", "selling_point", "detail"}
_LISTED = [column for column in Product.__table__.columns if column.name not in _BULKY]


class CatalogQuery:
    """Categories and products in every state."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session
        self.arrangements = ArrangementRepository(session)

    def categories(self) -> list[dict[str, Any]]:
        """The whole tree, archived ones included, in order of display."""
        query = select(*Category.__table__.columns).order_by(Category.sort_order, Category.id)
        return nested([dict(row) for row in self.session.execute(query).mappings()])

    def products(
        self,
        page: PageRequest,
        *,
        status: ProductStatus | None = None,
        category_id: int | None = None,
        code: str | None = None,
        brand_id: int | None = None,
    ) -> Page[Row[Any]]:
        """Products, newest first. `category_id` means this very category."""
        query = select(*_LISTED)
        if status is not None:
            query = query.where(Product.status == status)
        if category_id is not None:
            query = query.where(Product.category_id == category_id)
        if brand_id is not None:
            query = query.where(Product.brand_id == brand_id)
        if code is not None:
            query = query.where(Product.code == code)
        return fetch_page(self.session, query, _NEWEST, page)

    def products_of(self, product_ids: Sequence[int], *, category_id: int | None = None) -> list[Row[Any]]:
        """Those of the products that exist (in this very category), in the order of the ids."""
        query = select(*_LISTED).where(Product.id.in_(product_ids))
        if category_id is not None:
            query = query.where(Product.category_id == category_id)
        rows = {row.id: row for row in self.session.execute(query)}
        return [rows[product_id] for product_id in product_ids if product_id in rows]

    def product(self, product_id: int) -> dict[str, Any]:
        """A product with its live SKUs and its tags. Three statements. Raises `ProductNotFound`."""
        query = select(*Product.__table__.columns).where(Product.id == product_id)
        found = self.session.execute(query).mappings().first()
        if found is None:
            raise ProductNotFound
        skus = self.session.execute(
            select(*Sku.__table__.columns)
            .where(Sku.product_id == product_id, Sku.archived_at.is_(None))
            .order_by(Sku.position)
        )
        tags = self.session.execute(
            select(Tag.id, Tag.name)
            .join(ProductTag, ProductTag.tag_id == Tag.id)
            .where(ProductTag.product_id == product_id)
            .order_by(Tag.sort_order, Tag.id)
        ).all()
        return dict(found) | {"skus": skus.all(), "tags": tags, "tag_ids": [tag.id for tag in tags]}

    def slots(self, page: PageRequest, *, section: HomeSection) -> dict[str, Any]:
        """The places of a section of the home page, in order of display, and the version of the section."""
        version = self.arrangements.version_of(section.arrangement)
        query = select(*HomeSlot.__table__.columns).where(HomeSlot.section == section)
        return vars(fetch_page(self.session, query, _AS_SHOWN, page)) | {"version": version}

    def section(self, section: HomeSection) -> dict[str, Any]:
        """A section of the home page as a whole."""
        return {"section": section, "version": self.arrangements.version_of(section.arrangement)}

    def slot(self, slot_id: int) -> Row[Any]:
        """A place. Raises `SlotNotFound`."""
        row = self.session.execute(select(*HomeSlot.__table__.columns).where(HomeSlot.id == slot_id)).first()
        if row is None:
            raise SlotNotFound
        return row

    def price_changes(self, product_id: int, page: PageRequest, *, sku_id: int | None = None) -> Page[Row[Any]]:
        """The history of a product's prices, or of one SKU's, newest first. Raises `ProductNotFound`."""
        if self.session.scalar(select(Product.id).where(Product.id == product_id)) is None:
            raise ProductNotFound
        query = (
            select(*PriceChange.__table__.columns, Sku.code.label("sku_code"), Sku.spec_text)
            # Always there; an outer join is read in this order, so that the newest come without sorting.
            .outerjoin(Sku, Sku.id == PriceChange.sku_id)
            .where(PriceChange.product_id == product_id)
        )
        if sku_id is not None:
            query = query.where(PriceChange.sku_id == sku_id)
        return fetch_page(self.session, query, _LATEST_PRICE, page)

    def sellable(self, sku_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Each SKU with what a cart or an order line needs of its product. One statement."""
        query = (
            select(
                Sku.id,
                Sku.product_id,
                Sku.code,
                Sku.spec_text,
                Sku.price_fen,
                Sku.archived_at,
                Sku.image_url,
                Sku.order_limit,
                Product.image_url.label("product_image_url"),
                Product.title,
                Product.unit,
                Product.status,
            )
            .join(Product, Product.id == Sku.product_id)
            .where(Sku.id.in_(sku_ids))
        )
        return self.session.execute(query).all()
