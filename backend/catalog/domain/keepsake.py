"""What a customer keeps in mind: favourites (收藏) and what was looked at last (足迹)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Fen, UtcDateTime
from kit.domain.entity import Entity, Identified

MAX_FAVOURITES = 500
MAX_VIEWED = 100


class Favourite(Identified, Entity):
    """A product that a customer wants to find again, with its lowest price at that moment."""

    __tablename__ = "cat_favourite"
    __table_args__ = (
        UniqueConstraint("customer_id", "product_id"),
        Index("ix_cat_favourite_customer_id", "customer_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(BigId)
    # No foreign key, here and below: with one, every tap would take a lock on the row where sales are counted.
    product_id: Mapped[int] = mapped_column(BigId)
    added_price_fen: Mapped[int] = mapped_column(Fen)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Viewed(Entity):
    """A product that a customer looked at; looking again moves it to the front."""

    __tablename__ = "cat_viewed"
    __table_args__ = (Index("ix_cat_viewed_customer_id", "customer_id", "mark"),)

    customer_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # A new id at every look: larger is later, and no two are equal.
    mark: Mapped[int] = mapped_column(BigId)
    viewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
