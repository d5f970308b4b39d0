"""Postings and documents: the inverted table of search, and the same the other way round."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.search.words import LONGEST
from kit.db.types import BigId, ExactText
from kit.domain.entity import Entity


class Posting(Entity):
    """`product_id` answers `term` with this `impact`: field, kind of reading, sales and stock in one number.

    The rows of a term lie together, the strongest at the end: the best of a term are read off without sorting, however
    many there are. No foreign key: the table is a projection that can be thrown away, and deleting a product must not
    wait for it.
    """

    __tablename__ = "cat_search_posting"
    __table_args__ = (
        UniqueConstraint("product_id", "term"),
        CheckConstraint("impact > 0", name="impact_above_zero"),
    )

    term: Mapped[str] = mapped_column(ExactText(LONGEST), primary_key=True)
    impact: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)


class PackedDocument(Entity):
    """All terms of a product with their impacts in one value (`packed`): one read by key says which words it has.

    Looking the other words of a question up in the postings would touch an index page for each candidate and word, and
    those of a large catalogue do not fit into the database's memory; these rows are a sixth of it.
    """

    __tablename__ = "cat_search_document"

    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    terms: Mapped[bytes] = mapped_column(LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb"))
