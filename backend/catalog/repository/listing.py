"""Keeps the read model of the shop's list: statements, and the listener that no edit can forget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    SQLColumnExpression,
    delete,
    event,
    exists,
    insert,
    inspect,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased, scoped_session

from backend.catalog.domain.category import Category
from backend.catalog.domain.listing import EVERYTHING, FacetKind, Listing
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import ProductTag
from kit.repository.base import Repository

CHUNK = 500
_COPIED = ("in_stock", "sort_weight", "min_price_fen", "sales")
_DECISIVE = ("status", "category_id", "brand_id", "tags", *_COPIED)
_COLUMNS = ("kind", "facet_id", "product_id", *_COPIED)
_SILENT = {"synchronize_session": False}


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
        wanted = _rows(Product.id.in_(product_ids))
        kept = select(*[getattr(Listing, name) for name in _COLUMNS]).where(Listing.product_id.in_(product_ids))
        differing = _as_set(self.session, wanted) ^ _as_set(self.session, kept)
        return sorted({row[2] for row in differing})

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
    own, parent, grandparent = aliased(Category), aliased(Category), aliased(Category)

    def listed(kind: FacetKind, facet_id: SQLColumnExpression[Any]) -> Select[*tuple[Any, ...]]:
        copies = [getattr(Product, name) for name in _COPIED]
        # A typed literal inside INSERT … SELECT: a bare parameter has no length on MySQL.
        query = select(literal(kind, Listing.kind.type).label("kind"), facet_id.label("facet_id"), Product.id, *copies)
        return query.where(of, Product.status == ProductStatus.ON_SALE, Product.min_price_fen.is_not(None))

    up_one, up_two = own.id == Product.category_id, parent.id == own.parent_id
    return union_all(
        listed(FacetKind.ALL, literal(EVERYTHING.id)),
        listed(FacetKind.CATEGORY, Product.category_id),
        listed(FacetKind.CATEGORY, parent.id).join(own, up_one).join(parent, up_two),
        listed(FacetKind.CATEGORY, grandparent.id)
        .join(own, up_one)
        .join(parent, up_two)
        .join(grandparent, grandparent.id == parent.parent_id),
        listed(FacetKind.BRAND, Product.brand_id).where(Product.brand_id.is_not(None)),
        listed(FacetKind.TAG, ProductTag.tag_id).join(ProductTag, ProductTag.product_id == Product.id),
    )


def _as_set(
    session: scoped_session[Any], query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in session.execute(query)}


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
