"""Favourites and recently viewed products; every look-up takes the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, literal, select, update

from backend.catalog.domain.keepsake import MAX_VIEWED, Favourite, Viewed
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from kit.db.changed import changed
from kit.db.error import RunAgain, duplicate_is
from kit.db.types import BigId, UtcDateTime
from kit.domain.identity import new_id
from kit.repository.base import Repository


class FavouriteRepository(Repository[Favourite]):
    """One row per customer and product."""

    entity = Favourite

    def count(self, customer_id: int) -> int:
        """How many the customer has, and sees: of a product that was deleted for good nobody tells this table."""
        kept = select(func.count()).select_from(Favourite).join(Product, Product.id == Favourite.product_id)
        return int(self.session.scalars(kept.where(Favourite.customer_id == customer_id)).one())

    def has(self, customer_id: int, product_id: int) -> bool:
        """Whether it is one of them."""
        query = select(Favourite.id).where(Favourite.customer_id == customer_id, Favourite.product_id == product_id)
        return self.session.scalar(query) is not None

    def insert(self, favourite: Favourite) -> None:
        """Write it now. Two taps at once: the second runs again and finds the first."""
        self.add(favourite)
        with duplicate_is(RunAgain()):
            self.flush()

    def remove_products(self, customer_id: int, product_ids: Sequence[int]) -> int:
        """Delete those of them; returns how many there were."""
        mine = (Favourite.customer_id == customer_id, Favourite.product_id.in_(product_ids))
        return changed(self.session, delete(Favourite).where(*mine))


class ViewedRepository(Repository[Viewed]):
    """One row per customer and product, at most `MAX_VIEWED` for a customer."""

    entity = Viewed

    def look_again(self, customer_id: int, product_id: int, *, at: datetime) -> bool:
        """Move a product that was looked at before to the front; False when it was not, or is not on sale."""
        mine = (Viewed.customer_id == customer_id, Viewed.product_id == product_id)
        on_sale = exists().where(Product.id == product_id, Product.status == ProductStatus.ON_SALE)
        again = update(Viewed).where(*mine, on_sale).values(mark=new_id(), viewed_at=at)
        return changed(self.session, again) > 0

    def look(self, customer_id: int, product_id: int, *, at: datetime) -> bool:
        """The first look at a product on sale; False when there is none. Of two at once the second runs again."""
        row = (literal(customer_id, BigId), Product.id, literal(new_id(), BigId), literal(at, UtcDateTime))
        source = select(*row).where(Product.id == product_id, Product.status == ProductStatus.ON_SALE)
        statement = insert(Viewed).from_select(["customer_id", "product_id", "mark", "viewed_at"], source)
        with duplicate_is(RunAgain()):
            return changed(self.session, statement) > 0

    def forget_oldest(self, customer_id: int) -> None:
        """Keep the newest `MAX_VIEWED`."""
        marks = select(Viewed.mark).where(Viewed.customer_id == customer_id).order_by(Viewed.mark.desc())
        last = self.session.scalar(marks.offset(MAX_VIEWED).limit(1))
        if last is not None:
            changed(self.session, delete(Viewed).where(Viewed.customer_id == customer_id, Viewed.mark <= last))

    def remove_all(self, customer_id: int) -> int:
        """Delete everything; returns how many there were."""
        return changed(self.session, delete(Viewed).where(Viewed.customer_id == customer_id))
