"""search: all terms of a product in one row; what is indexed already is packed from its postings

Revision ID: 0012
Revises: 0014
Create Date: 2026-11-20 11:20:00.000000
"""

from collections.abc import Iterator
from itertools import groupby

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from kit.db import types

revision = "0012"
down_revision = "0014"
branch_labels = None
depends_on = None

_CHUNK = 1000
_postings = sa.table("cat_search_posting", sa.column("product_id"), sa.column("term"), sa.column("impact"))


def upgrade() -> None:
    documents = op.create_table(
        "cat_search_document",
        sa.Column("product_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("terms", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb"), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_cat_search_document")),
    )
    for ids in _chunks():
        op.bulk_insert(documents, _packed(ids))


def _chunks() -> Iterator[list[int]]:
    column, last = _postings.c.product_id, 0
    while True:
        query = sa.select(column).where(column > last).distinct().order_by(column).limit(_CHUNK)
        ids = list(op.get_bind().execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _packed(ids: list[int]) -> list[dict[str, object]]:
    """As the catalogue packs them: the strongest first, impacts in six digits."""
    columns = _postings.c
    query = sa.select(columns.product_id, columns.term, columns.impact).where(columns.product_id.in_(ids))
    rows = sorted(op.get_bind().execute(query), key=lambda row: (row.product_id, -row.impact, row.term))
    return [
        {"product_id": product_id, "terms": b"".join(f"\n{row.term}\t{row.impact:06d}".encode() for row in found)}
        for product_id, found in groupby(rows, key=lambda row: row.product_id)
    ]


def downgrade() -> None:
    op.drop_table("cat_search_document")
