"""Favourites and recently viewed products of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.error import FavouritesFull, ProductNotOnSale
from backend.catalog.domain.keepsake import MAX_FAVOURITES, Favourite, Viewed
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.repository.keepsake import FavouriteRepository, ViewedRepository
from backend.catalog.service.shopping.cards import card, cards
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page
from kit.service.transaction import transactional

_LAST_ADDED = Keyset((Favourite.id.expression,), ("favourite_id",))
_LAST_SEEN = Keyset((Viewed.mark.expression,), ("mark",))


class Favourites:
    """收藏: what a customer wants to find again."""

    def __init__(self, favourites: FavouriteRepository, session: scoped_session[Any] | None = None) -> None:
        self.favourites = favourites
        self.session: scoped_session[Any] = session or db.session

    @transactional
    def add(self, *, customer_id: int, product_id: int, now: datetime) -> None:
        """Keep a product on sale with its price of today; what is kept already stays as it was.

        Raises `ProductNotOnSale`, `FavouritesFull`; two additions at once may pass the limit by one.
        """
        if self.favourites.has(customer_id, product_id):
            return
        on_sale = select(Product.min_price_fen).where(Product.status == ProductStatus.ON_SALE, Product.id == product_id)
        price_fen = self.session.scalar(on_sale)
        if price_fen is None:
            raise ProductNotOnSale
        if self.favourites.count(customer_id) >= MAX_FAVOURITES:
            raise FavouritesFull(maximum=MAX_FAVOURITES)
        self.favourites.insert(
            Favourite(customer_id=customer_id, product_id=product_id, added_price_fen=price_fen, added_at=now)
        )

    @transactional
    def remove(self, *, customer_id: int, product_ids: Sequence[int]) -> int:
        """What is not there is fine; returns how many were."""
        return self.favourites.remove_products(customer_id, product_ids)

    def page(self, request: PageRequest, *, customer_id: int) -> Page[dict[str, Any]]:
        """The last added first, with today's price and the one when it was added. One statement."""
        query = (
            _products()
            .add_columns(Favourite.id.label("favourite_id"), Favourite.added_price_fen, Favourite.added_at)
            .join(Favourite, Favourite.product_id == Product.id)
            .where(Favourite.customer_id == customer_id)
        )
        return fetch_page(self.session, query, _LAST_ADDED, request).map(_shown)

    def among(self, product_ids: Sequence[int], *, customer_id: int) -> list[int]:
        """Those of `product_ids` that are favourites. One statement."""
        mine = (Favourite.customer_id == customer_id, Favourite.product_id.in_(product_ids))
        return list(self.session.scalars(select(Favourite.product_id).where(*mine).order_by(Favourite.product_id)))


class RecentlyViewed:
    """足迹: noted when the client says so, never by the public reads themselves, which are cached for everybody."""

    def __init__(self, viewed: ViewedRepository, session: scoped_session[Any] | None = None) -> None:
        self.viewed = viewed
        self.session: scoped_session[Any] = session or db.session

    @transactional
    def note(self, *, customer_id: int, product_id: int, now: datetime) -> None:
        """One statement for a product seen before, three for a new one. Raises `ProductNotOnSale`."""
        if self.viewed.look_again(customer_id, product_id, at=now):
            return
        if not self.viewed.look(customer_id, product_id, at=now):
            raise ProductNotOnSale
        self.viewed.forget_oldest(customer_id)

    @transactional
    def clear(self, *, customer_id: int) -> int:
        """Forget everything; returns how many there were."""
        return self.viewed.remove_all(customer_id)

    def page(self, request: PageRequest, *, customer_id: int) -> Page[dict[str, Any]]:
        """The last looked at first. One statement."""
        query = (
            _products()
            .add_columns(Viewed.mark, Viewed.viewed_at)
            .join(Viewed, Viewed.product_id == Product.id)
            .where(Viewed.customer_id == customer_id)
        )
        return fetch_page(self.session, query, _LAST_SEEN, request).map(_shown)


def _products() -> Select[*tuple[Any, ...]]:
    """As cards show them, whatever their status."""
    return cards().add_columns(Product.status)


def _shown(row: Row[Any]) -> dict[str, Any]:
    on_sale = row.status is ProductStatus.ON_SALE
    return dict(row._mapping) | card(row) | {"on_sale": on_sale, "in_stock": on_sale and row.in_stock}
