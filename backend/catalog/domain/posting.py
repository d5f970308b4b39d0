"""Postings: the inverted table of search."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.search.words import LONGEST
from kit.db.types import BigId, ExactText
from kit.domain.entity import Entity


class Posting(Entity):
    """`product_id` answers `term` with this `impact`: field, kind of reading, sales and stock in one number.

    The rows of a term lie together, the strongest at the end: the best of a term are read without sorting, however
    many there are. Which of them have another term is a look-up in the unique key each. No foreign key: the table is
    a projection that can be thrown away, and deleting a product must not wait for it.
    """

    __tablename__ = "cat_search_posting"
    __table_args__ = (
        UniqueConstraint("product_id", "term"),
        CheckConstraint("impact > 0", name="impact_above_zero"),
    )

    term: Mapped[str] = mapped_column(ExactText(LONGEST), primary_key=True)
    impact: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
