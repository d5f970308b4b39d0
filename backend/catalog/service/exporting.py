"""The catalogue as a sheet: the columns of an import, so that importing it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload, undefer

from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.repository.tag import TagRepository
from backend.catalog.service.importing.columns import HEADINGS, Shown, as_row
from backend.catalog.service.zone import SHOP_ZONE
from backend.inventory import facade as inventory
from kit.export.cell import reversible_text
from kit.export.sheet import FORMATS
from kit.job.outcome import Outcome, ResultFile
from kit.job.progress import Progress
from kit.job.work import Work
from kit.service.transaction import end_reading
from kit.storage.port import Storage, new_key

FILE = "catalog"
"""Name of the one file an export has."""
_AT_ONCE = 200


class ExportRunner:
    """Products by keyset, a few hundred at a time; one without SKUs has a row too. Archived ones have none."""

    def __init__(
        self, products: ProductRepository, categories: CategoryRepository, tags: TagRepository, storage: Storage
    ) -> None:
        self.products = products
        self.categories = categories
        self.tags = tags
        self.storage = storage

    def run(self, work: Work) -> Outcome:
        """A complete file; `rows` are SKUs, and products without any."""
        format = work.assignment.parameters["format"]
        key = new_key(FORMATS[format].extension)
        with self.storage.writing(key) as stream:
            products, rows = self._write(stream, format, work.progress)
        day = work.clock().astimezone(SHOP_ZONE)
        file = ResultFile(key=key, filename=f"商品-{day:%Y%m%d}.{FORMATS[format].extension}")
        return Outcome(result={"products": products, "rows": rows}, files={FILE: file})

    def _write(self, stream: BinaryIO, format: str, progress: Progress) -> tuple[int, int]:
        products, rows = 0, 0
        total = self._count()
        with FORMATS[format].open(stream, HEADINGS, SHOP_ZONE, text=reversible_text) as sheet:
            for chunk in self._chunks():
                for shown in self._rows(chunk):
                    sheet.write(as_row(shown))
                    rows += 1
                products += len(chunk)
                end_reading()
                progress.reached(products, of=total)
        return products, rows

    def _count(self) -> int:
        query = select(func.count()).where(Product.status != ProductStatus.ARCHIVED).select_from(Product)
        return self.products.session.scalar(query) or 0

    def _chunks(self) -> Iterator[Sequence[Product]]:
        last = 0
        while True:
            query = select(Product).where(Product.id > last, Product.status != ProductStatus.ARCHIVED)
            whole = (selectinload(Product.tags), undefer(Product.detail))
            found = self.products.all(query.order_by(Product.id).limit(_AT_ONCE).options(*whole))
            if not found:
                return
            last = found[-1].id
            yield found

    def _rows(self, products: Sequence[Product]) -> Iterator[Shown]:
        tree = self.categories.tree()
        tags = self.tags.names(worn.tag_id for product in products for worn in product.tags)
        stock = inventory.available(sku_ids=[sku.id for product in products for sku in product.live_skus()])
        for product in products:
            category = tree.path(product.category_id)
            worn = tuple(tags[tag.tag_id] for tag in product.tags)
            skus = product.live_skus()
            if not skus:
                yield Shown(product=product, sku=None, category=category, tags=worn)
            for sku in skus:
                units = max(stock.get(sku.id, 0), 0)
                yield Shown(product=product, sku=sku, category=category, stock=units, tags=worn)
