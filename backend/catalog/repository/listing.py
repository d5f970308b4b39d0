"""Keeps the read model of the shop's list: statements, and the listener that no edit can forget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    cast,
    delete,
    event,
    exists,
    func,
    insert,
    inspect,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased, scoped_session

from backend.catalog.domain.category import Category
from backend.catalog.domain.listing import BITS, EVERYTHING, FacetKind, Listing
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import ProductTag
from kit.repository.base import Repository

CHUNK = 500
_COPIED = ("in_stock", "sort_weight", "min_price_fen", "sales")
_DECISIVE = ("status", "category_id", "brand_id", "tags", *_COPIED)
_COLUMNS = ("kind", "facet_id", "product_id", *_COPIED, "facet_bits")
_SILENT = {"synchronize_session": False}
_OWN, _PARENT = aliased(Category), aliased(Category)


class ListingRepository(Repository[Listing]):
    """The listings of products."""

    entity = Listing

    def place(self, product_ids: Sequence[int]) -> None:
        """Give the products, whose rows the caller has locked, exactly the listings they are to have."""
        place(self.session, product_ids)

    def copy(self, product_ids: Sequence[int], *columns: str) -> None:
        """Bring copies up to date with the products' rows, which the caller has locked."""
        for chunk in _chunks(product_ids):
            values = {
                name: select(getattr(Product, name)).where(Product.id == Listing.product_id).scalar_subquery()
                for name in columns
            }
            statement = update(Listing).where(Listing.product_id.in_(chunk)).values(values)
            self.session.execute(statement, execution_options=_SILENT)

    def drop(self, kind: FacetKind, facet_id: int) -> None:
        """Nothing is found under this facet any more."""
        statement = delete(Listing).where(Listing.kind == kind, Listing.facet_id == facet_id)
        self.session.execute(statement, execution_options=_SILENT)

    def wrong(self, product_ids: Sequence[int]) -> list[int]:
        """Those of the products whose listings are not what they are to be; a few statements."""
        wanted = self._bits(_rows(Product.id.in_(product_ids)))
        columns = [getattr(Listing, name) for name in _COLUMNS]
        kept = self._bits(select(*columns).where(Listing.product_id.in_(product_ids)))
        # A tag that is gone has left its bit behind: nothing is hidden by that.
        lacking = {row for row in wanted.keys() & kept.keys() if wanted[row] & ~kept[row]}
        return sorted({row[2] for row in (wanted.keys() ^ kept.keys()) | lacking})

    def _bits(self, query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
        return {tuple(row)[:-1]: int(row.facet_bits) for row in self.session.execute(query)}

    def strays(self, *, after: int, limit: int) -> Sequence[int]:
        """Products with listings that are not on sale or not there, in order of id."""
        on_sale = exists().where(Product.id == Listing.product_id, Product.status == ProductStatus.ON_SALE)
        query = select(Listing.product_id).where(Listing.product_id > after, ~on_sale).distinct()
        return self.session.scalars(query.order_by(Listing.product_id).limit(limit)).all()


def place(session: Session | scoped_session[Any], product_ids: Sequence[int]) -> None:
    """Three statements per 500 products.

    The tags worn are held first: whoever deletes one at this moment is waited for, and it is listed no more. Held after
    the listings are deleted, the two would wait for each other.
    """
    for chunk in _chunks(product_ids):
        hold_worn_tags(session, chunk)
        session.execute(delete(Listing).where(Listing.product_id.in_(chunk)), execution_options=_SILENT)
        session.execute(insert(Listing).from_select(_COLUMNS, _rows(Product.id.in_(chunk))))


def hold_worn_tags(session: Session | scoped_session[Any], product_ids: Sequence[int]) -> None:
    """Until the commit nobody takes a tag off these products."""
    worn = select(ProductTag.tag_id).where(ProductTag.product_id.in_(product_ids))
    session.execute(worn.order_by(ProductTag.product_id, ProductTag.tag_id).with_for_update(read=True)).all()


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _flush_context: Any) -> None:
    """Place every product that this flush has written and that may now be found elsewhere.

    Not left to the services: an edit that forgot it would sell what nobody finds, and nothing would tell.
    The flush has locked the rows. Statements that write products beside the session call `place` or `copy`.
    """
    written = [entity for entity in [*session.new, *session.dirty] if isinstance(entity, Product)]
    changed = {product.id for product in written if _moved(product)}
    changed |= {entity.id for entity in session.deleted if isinstance(entity, Product)}
    if changed:
        place(session, sorted(changed))


def _moved(product: Product) -> bool:
    attributes = inspect(product).attrs
    return any(attributes[name].history.has_changes() for name in _DECISIVE)


def _rows(of: SQLColumnExpression[bool]) -> CompoundSelect[*tuple[Any, ...]]:
    """What listings products are to have: one each for everything, the category, those above it, brand and tags."""
    parent, grandparent = _OWN.parent_id, _PARENT.parent_id
    return union_all(
        _listed(of, FacetKind.ALL, literal(EVERYTHING.id)),
        _listed(of, FacetKind.CATEGORY, Product.category_id),
        _listed(of, FacetKind.CATEGORY, parent).where(parent.is_not(None)),
        _listed(of, FacetKind.CATEGORY, grandparent).where(grandparent.is_not(None)),
        _listed(of, FacetKind.BRAND, Product.brand_id).where(Product.brand_id.is_not(None)),
        _listed(of, FacetKind.TAG, ProductTag.tag_id).join(ProductTag, ProductTag.product_id == Product.id),
    )


def _listed(
    of: SQLColumnExpression[bool], kind: FacetKind, facet_id: SQLColumnExpression[Any]
) -> Select[*tuple[Any, ...]]:
    copies = [getattr(Product, name) for name in _COPIED]
    # A typed literal inside INSERT … SELECT: a bare parameter has no length on MySQL.
    named: tuple[ColumnElement[Any], ...] = (literal(kind, Listing.kind.type).label("kind"), facet_id.label("facet_id"))
    query = select(*named, Product.id, *copies, _facet_bits().label("facet_bits"))
    placed = query.join(_OWN, _OWN.id == Product.category_id).outerjoin(_PARENT, _PARENT.id == _OWN.parent_id)
    return placed.where(of, Product.status == ProductStatus.ON_SALE, Product.min_price_fen.is_not(None))


def _facet_bits() -> ColumnElement[int]:
    """`Facet.bit` of each facet of a product. Not every database has an OR over rows: different bits are added up."""
    worn = aliased(ProductTag)
    tags = select(func.sum(_bit(worn.tag_id).distinct())).where(worn.product_id == Product.id).scalar_subquery()
    facets = (Product.category_id, _OWN.parent_id, _PARENT.parent_id, Product.brand_id)
    bits = [func.coalesce(cast(bit, BigInteger), 0) for bit in (tags, *map(_bit, facets))]
    return reduce(lambda one, other: one.bitwise_or(other), bits)


def _bit(facet_id: SQLColumnExpression[Any]) -> ColumnElement[int]:
    return literal(1).bitwise_lshift(facet_id % BITS)


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
