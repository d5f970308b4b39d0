"""Where a product on sale is found, and in what order: the read model of the shop's list (ADR 0018)."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Boolean, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, EnumText, Fen, Tally
from kit.domain.entity import Entity


class FacetKind(StrEnum):
    """Everything on sale, a category with all below it, a brand, a tag. Short: five indexes carry it."""

    ALL = "a"
    CATEGORY = "c"
    BRAND = "b"
    TAG = "t"


BITS = 61
"""A prime: ids are made in series, and neighbours get different bits. All of them fit a signed BIGINT."""


class Facet(NamedTuple):
    """One set of products that a customer can ask for."""

    kind: FacetKind
    id: int

    @property
    def bit(self) -> int:
        """The bit that is set in `Listing.facet_bits` of every product in it, and of a few others by chance."""
        return 1 << self.id % BITS


EVERYTHING = Facet(FacetKind.ALL, 0)


class ListOrder(StrEnum):
    """默认, 新品, 价格升序, 价格降序, 销量."""

    DEFAULT = "default"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    SALES = "sales"


_ASKED, _FILTERED = ("kind", "facet_id", "in_stock"), ("min_price_fen", "facet_bits")


class Listing(Entity):
    """A product on sale in one facet, with copies of what lists order and filter by.

    Written by `ListingRepository` alone, behind the lock of the product's row; rebuilt by ``flask catalog relist``.
    Every order's index begins with what is asked for and ends with the price and the bits of the product's facets: a
    filter by price reads nothing else, and one by several facets looks hardly anything up that it will not show.
    """

    __tablename__ = "cat_listing"
    __table_args__ = (
        Index("ix_cat_listing_product_id", "product_id"),
        Index("ix_cat_listing_newest", *_ASKED, "product_id", *_FILTERED),
        Index("ix_cat_listing_weight", *_ASKED, "sort_weight", "product_id", *_FILTERED),
        Index("ix_cat_listing_price", *_ASKED, "min_price_fen", "product_id", "facet_bits"),
        Index("ix_cat_listing_sales", *_ASKED, "sales", "product_id", *_FILTERED),
    )

    kind: Mapped[FacetKind] = mapped_column(EnumText(FacetKind, "kind"), primary_key=True)
    facet_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # No foreign key: the rows belong to the product's row and are written behind its lock.
    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    in_stock: Mapped[bool] = mapped_column(Boolean)
    sort_weight: Mapped[int] = mapped_column(Integer)
    min_price_fen: Mapped[int] = mapped_column(Fen)
    sales: Mapped[int] = mapped_column(Tally)
    # `Facet.bit` of every facet of the product. One too many costs a look-up, one too few would hide the product: so
    # whoever knows nothing of bits, a process of the version before, sets them all.
    facet_bits: Mapped[int] = mapped_column(BigId, server_default=str((1 << BITS) - 1))
