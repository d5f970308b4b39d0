"""What there is to find: products in every state, read as documents. Four statements for any number of products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.category import Category
from backend.catalog.domain.product import Product
from backend.catalog.domain.search.document import (
    BRAND,
    CATEGORY,
    PARAMETER,
    PARENT,
    SELLING_POINT,
    SPEC,
    TAG,
    TITLE,
    SearchDocument,
    codes_of,
    marks,
)
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import ProductTag, Tag
from kit.db.extension import db

# Longer ones are instructions and warnings: they hold half the dictionary and tell nothing apart.
_LONGEST_PARAMETER = 60
_COLUMNS = (
    *(Product.id, Product.code, Product.category_id, Product.title, Product.brand, Product.selling_point),
    *(Product.parameters, Product.origin, Product.sales, Product.status, Product.brand_id),
)


class Searchable:
    """Reads the present state; whoever writes an index from it holds the products."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def hold(self, product_ids: Sequence[int]) -> None:
        """Lock the products in order: of two who index one at once, the later also reads later."""
        query = select(Product.id).where(Product.id.in_(product_ids)).order_by(Product.id)
        self.session.execute(query.with_for_update()).all()

    def ids(self, *, after: int, limit: int) -> list[int]:
        """Ids of products, ascending, above `after`."""
        query = select(Product.id).where(Product.id > after)
        return list(self.session.scalars(query.order_by(Product.id).limit(limit)))

    def in_category(self, category_ids: Sequence[int], *, after: int, limit: int) -> list[int]:
        """The same, in these categories."""
        query = select(Product.id).where(Product.category_id.in_(category_ids), Product.id > after)
        return list(self.session.scalars(query.order_by(Product.id).limit(limit)))

    def existing(self, product_ids: Sequence[int]) -> set[int]:
        """Those of the products that are there."""
        return set(self.session.scalars(select(Product.id).where(Product.id.in_(product_ids))))

    def parents(self) -> dict[int, int | None]:
        """Category → the one above it; archived ones too: archived products stand in them."""
        rows = self.session.execute(select(Category.id, Category.parent_id))
        return {row.id: row.parent_id for row in rows}

    def documents(self, product_ids: Sequence[int]) -> list[SearchDocument]:
        """Those of the products that exist, as they are now."""
        query = select(*_COLUMNS).where(Product.id.in_(product_ids)).order_by(Product.id)
        rows = self.session.execute(query).all()
        ids = [row.id for row in rows]
        paths, skus, tags = self._paths(), self._skus(ids), self._tags(ids)
        return [_document(row, paths.get(row.category_id, []), skus[row.id], tags[row.id]) for row in rows]

    def _paths(self) -> dict[int, list[Row[int, int | None, str]]]:
        """Category → itself and those above it, in this order."""
        columns = (Category.id, Category.parent_id, Category.name)
        known = {row.id: row for row in self.session.execute(select(*columns))}

        def path(category_id: int | None) -> Iterator[Row[int, int | None, str]]:
            while category_id is not None:
                yield known[category_id]
                category_id = known[category_id].parent_id

        return {category_id: list(path(category_id)) for category_id in known}

    def _skus(self, product_ids: Sequence[int]) -> dict[int, list[Row[*tuple[Any, ...]]]]:
        found: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        columns = (Sku.product_id, Sku.code, Sku.bar_code, Sku.spec, Sku.in_stock)
        live = select(*columns).where(Sku.product_id.in_(product_ids), Sku.archived_at.is_(None))
        for row in self.session.execute(live.order_by(Sku.position)):
            found[row.product_id].append(row)
        return found

    def _tags(self, product_ids: Sequence[int]) -> dict[int, list[Row[int, int, str]]]:
        found: dict[int, list[Row[int, int, str]]] = defaultdict(list)
        worn = select(ProductTag.product_id, Tag.id, Tag.name).join(Tag, Tag.id == ProductTag.tag_id)
        for row in self.session.execute(worn.where(ProductTag.product_id.in_(product_ids)).order_by(Tag.id)):
            found[row.product_id].append(row)
        return found


def _document(
    row: Row[*tuple[Any, ...]],
    path: Sequence[Row[int, int | None, str]],
    skus: Sequence[Row[*tuple[Any, ...]]],
    tags: Sequence[Row[int, int, str]],
) -> SearchDocument:
    values = dict.fromkeys(pair["value"] for sku in skus for pair in sku.spec)
    parameters = [pair["value"] for pair in row.parameters if len(pair["value"]) <= _LONGEST_PARAMETER]
    fields = [(row.title, TITLE), (row.brand, BRAND), (row.selling_point, SELLING_POINT)]
    # A product is first of all what its own category is called; 居家 above it says less.
    fields += [(above.name, CATEGORY if level == 0 else PARENT) for level, above in enumerate(path)]
    fields += [(" ".join(tag.name for tag in tags), TAG), (" ".join(values), SPEC)]
    fields += [(" ".join(dict.fromkeys([row.origin, *parameters])), PARAMETER)]
    codes = [sku.code for sku in skus] + [sku.bar_code for sku in skus if sku.bar_code]
    return SearchDocument(
        product_id=row.id,
        fields=tuple(fields),
        codes=codes_of(row.code, codes),
        sales=row.sales,
        in_stock=any(sku.in_stock for sku in skus),
        marks=marks(
            row.status,
            category_ids=[above.id for above in path],
            brand_id=row.brand_id,
            tag_ids=[tag.id for tag in tags],
        ),
        on_sale=row.status is ProductStatus.ON_SALE,
    )
