"""Products with their SKUs, loaded for change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, delete, exists, null, select, update
from sqlalchemy.orm import scoped_session, selectinload, undefer

from backend.catalog.domain.error import BarCodeTaken, ProductCodeTaken, ProductNotFound, SpecRepeated
from backend.catalog.domain.price_change import PriceChange
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.stock import StockSeen
from backend.catalog.repository.listing import ListingRepository
from kit.db.error import duplicate_is
from kit.repository.base import Repository
from kit.repository.claim import claim_due

_CHUNK = 500


class ProductRepository(Repository[Product]):
    """The products of the shop."""

    entity = Product

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        super().__init__(session)
        self.listings = ListingRepository(session)

    def of_id(self, product_id: int) -> Product:
        """The product as it is now. Raises `ProductNotFound`."""
        query = select(Product).where(Product.id == product_id).execution_options(populate_existing=True)
        product = self.first(query)
        if product is None:
            raise ProductNotFound
        return product

    def held(self, product_ids: Sequence[int]) -> dict[int, Product]:
        """Those of the products that exist, locked in order of id; three statements, however many."""
        query = select(Product).where(Product.id.in_(product_ids)).order_by(Product.id).with_for_update()
        return {product.id: product for product in self.all(query.execution_options(populate_existing=True))}

    def claim_due(self, *, now: datetime, again_after: timedelta, limit: int) -> list[int]:
        """Ids of products to be switched by now; whoever is not done with one by then leaves it to the next."""
        return claim_due(self.session, Product, Product.due_at, now=now, lease=again_after, limit=limit)

    def erase(self, product: Product) -> None:
        """Delete it for good, with its SKUs, tags and prices."""
        # Prices first: they point at the SKUs, and nobody loads a history to delete it.
        self.session.execute(delete(PriceChange).where(PriceChange.product_id == product.id))
        self.remove(product)
        self.flush()

    def of_codes(self, codes: Sequence[str]) -> dict[str, Product]:
        """Those of `codes` that exist, archived ones included."""
        found: dict[str, Product] = {}
        for start in range(0, len(codes), _CHUNK):
            query = select(Product).where(Product.code.in_(codes[start : start + _CHUNK]))
            products = self.all(query.execution_options(populate_existing=True))
            found.update((product.code, product) for product in products)
        return found

    def as_listed(self, codes: Sequence[str]) -> dict[str, Product]:
        """As `of_codes`, with everything a sheet may speak of."""
        whole = (selectinload(Product.tags), undefer(Product.detail))
        query = select(Product).where(Product.code.in_(codes)).options(*whole)
        return {product.code: product for product in self.all(query.execution_options(populate_existing=True))}

    def holders_of(self, bar_codes: Sequence[str]) -> dict[str, tuple[int, str]]:
        """The SKU, id and code, that has each of the bar codes."""
        found: dict[str, tuple[int, str]] = {}
        for start in range(0, len(bar_codes), _CHUNK):
            query = select(Sku.bar_code, Sku.id, Sku.code).where(Sku.bar_code.in_(bar_codes[start : start + _CHUNK]))
            found.update((str(row.bar_code), (row.id, row.code)) for row in self.session.execute(query))
        return found

    def any_in_category(self, category_id: int) -> bool:
        """True while a product that is not archived is in this very category."""
        query = select(Product.id).where(Product.category_id == category_id, Product.status != ProductStatus.ARCHIVED)
        return self.session.scalar(query.limit(1)) is not None

    def write(self, product: Product) -> None:
        """Add or update now. Raises `ProductCodeTaken`, `SpecRepeated`, `BarCodeTaken`."""
        self.add(product)
        specs = "; ".join(sku.spec_text for sku in product.live_skus())
        bar_codes = ", ".join(dict.fromkeys(sku.bar_code for sku in product.live_skus() if sku.bar_code))
        code_taken = duplicate_is(
            ProductCodeTaken(product_code=product.code), "cat_product.code", "uq_cat_product_code"
        )
        spec_repeated = duplicate_is(SpecRepeated(text=specs), "cat_sku.product_id", "uq_cat_sku_product_id_spec_key")
        bar_code_taken = duplicate_is(BarCodeTaken(bar_codes=bar_codes), "cat_sku.bar_code", "uq_cat_sku_bar_code")
        with code_taken, spec_repeated, bar_code_taken:
            self.flush()

    def versions(self, product_ids: Collection[int]) -> dict[int, int]:
        """The versions of those that exist; nobody changes them until the commit."""
        query = select(Product.id, Product.version).where(Product.id.in_(product_ids)).order_by(Product.id)
        return {row.id: row.version for row in self.session.execute(query.with_for_update())}

    def labels(self, product_ids: Collection[int]) -> dict[int, Row[int, str, str, ProductStatus, int]]:
        """Code, title, status and category of those that exist."""
        columns = (Product.id, Product.code, Product.title, Product.status, Product.category_id)
        query = select(*columns).where(Product.id.in_(product_ids))
        return {row.id: row for row in self.session.execute(query)}

    def hold(self, product_ids: Sequence[int]) -> None:
        """Lock the products, in order."""
        held = select(Product.id).where(Product.id.in_(product_ids)).order_by(Product.id).with_for_update()
        self.session.execute(held).all()

    def hold_skus(self, sku_ids: Sequence[int]) -> dict[int, StockSeen]:
        """Lock those of the SKUs that are ours, in order, and say what is shown of them."""
        held = select(Sku.id, Sku.in_stock, Sku.low_count).where(Sku.id.in_(sku_ids)).order_by(Sku.id)
        return {row.id: StockSeen(row.in_stock, row.low_count) for row in self.session.execute(held.with_for_update())}

    def set_stock(self, seen: Mapping[int, StockSeen]) -> None:
        """Write the projection, SKU → what is shown; no version: it is inventory's fact, not an edit."""
        in_stock = case({sku_id: now_seen.in_stock for sku_id, now_seen in seen.items()}, value=Sku.id)
        counts = {sku_id: now_seen.low_count for sku_id, now_seen in seen.items() if now_seen.low_count is not None}
        low_count = case(counts, value=Sku.id) if counts else null()
        statement = update(Sku).where(Sku.id.in_(seen)).values(in_stock=in_stock, low_count=low_count)
        self.session.execute(statement, execution_options={"synchronize_session": False})

    def project_stock(self, product_ids: Sequence[int]) -> None:
        """Bring `Product.in_stock` up to date with the SKUs; no version. Call it behind the products' locks."""
        any_live = exists().where(Sku.product_id == Product.id, Sku.archived_at.is_(None), Sku.in_stock)
        for start in range(0, len(product_ids), _CHUNK):
            chunk = product_ids[start : start + _CHUNK]
            statement = update(Product).where(Product.id.in_(chunk)).values(in_stock=any_live)
            self.session.execute(statement, execution_options={"synchronize_session": False})
        self.listings.copy(product_ids, "in_stock")

    def count_sales(self, units: Mapping[int, int]) -> None:
        """Add the units sold of each product, or take them off, never below 0; one statement, and one for listings."""
        sold = Product.sales + case(dict(units), value=Product.id)
        statement = update(Product).where(Product.id.in_(units)).values(sales=case((sold < 0, 0), else_=sold))
        self.session.execute(statement, execution_options={"synchronize_session": False})
        self.listings.copy(sorted(units), "sales")

    def sales_of(self, product_ids: Iterable[int]) -> dict[int, int]:
        """Units sold so far."""
        rows = self.session.execute(select(Product.id, Product.sales).where(Product.id.in_(product_ids)))
        return {row.id: row.sales for row in rows}

    def products_of(self, sku_ids: Sequence[int]) -> Sequence[int]:
        """The products these SKUs belong to."""
        return self.session.scalars(select(Sku.product_id).where(Sku.id.in_(sku_ids)).distinct()).all()
