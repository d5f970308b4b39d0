"""shop side: the read model of the shop's list, last units, favourites, recently viewed products

Products that are on sale are listed here, units sold so far and last units are counted. A process of the version before
keeps no listings: once it is gone, `flask catalog relist` mends what it edited meanwhile.

Revision ID: 0010
Revises: 0007
Create Date: 2026-11-20 10:18:56.790205
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0010"
down_revision = "0011"
branch_labels = None
depends_on = None

_BEFORE_PRODUCT = ("kind", "facet_id", "in_stock")
_LISTING_INDEXES = {
    "ix_cat_listing_product_id": ["product_id"],
    "ix_cat_listing_newest": [*_BEFORE_PRODUCT, "product_id", "min_price_fen"],
    "ix_cat_listing_weight": [*_BEFORE_PRODUCT, "sort_weight", "product_id", "min_price_fen"],
    "ix_cat_listing_price": [*_BEFORE_PRODUCT, "min_price_fen", "product_id"],
    "ix_cat_listing_sales": [*_BEFORE_PRODUCT, "sales", "product_id", "min_price_fen"],
}
_LAST_UNITS = 5
_LEFT = "(SELECT SUM(on_hand - reserved) FROM inv_stock WHERE inv_stock.sku_id = cat_sku.id)"
# (kind, the facet's id, what must be joined to find it)
_PARENT = "JOIN cat_category c1 ON c1.id = p.category_id JOIN cat_category c2 ON c2.id = c1.parent_id"
_FACETS = (
    ("a", "0", ""),
    ("c", "p.category_id", ""),
    ("c", "c2.id", _PARENT),
    ("c", "c3.id", f"{_PARENT} JOIN cat_category c3 ON c3.id = c2.parent_id"),
    ("b", "b.id", "JOIN cat_brand b ON b.id = p.brand_id"),
    ("t", "t.tag_id", "JOIN cat_product_tag t ON t.product_id = p.id"),
)


def upgrade() -> None:
    _make_tables()
    op.add_column("cat_sku", sa.Column("low_count", sa.Integer(), nullable=True))
    op.execute(
        f"UPDATE cat_sku SET low_count = {_LEFT} WHERE in_stock = 1 AND {_LEFT} BETWEEN 1 AND {_LAST_UNITS}"  # noqa: S608
    )
    op.execute(
        "UPDATE cat_product SET sales = (SELECT COALESCE(SUM(l.quantity), 0) FROM ord_line l "
        "JOIN ord_order o ON o.id = l.order_id WHERE l.product_id = cat_product.id AND o.paid_at IS NOT NULL)"
    )
    for kind, facet_id, joined in _FACETS:
        op.execute(
            "INSERT INTO cat_listing (kind, facet_id, product_id, in_stock, sort_weight, min_price_fen, sales) "  # noqa: S608
            f"SELECT '{kind}', {facet_id}, p.id, p.in_stock, p.sort_weight, p.min_price_fen, p.sales "
            f"FROM cat_product p {joined} WHERE p.status = 'on_sale' AND p.min_price_fen IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_column("cat_sku", "low_count")
    for table in ("cat_viewed", "cat_listing", "cat_favourite"):
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "cat_listing",
        sa.Column(
            "kind",
            sa.Enum("a", "c", "b", "t", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("facet_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("product_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("sort_weight", sa.Integer(), nullable=False),
        sa.Column("min_price_fen", types.Fen, nullable=False),
        sa.Column("sales", types.Tally, nullable=False),
        sa.PrimaryKeyConstraint("kind", "facet_id", "product_id", name=op.f("pk_cat_listing")),
    )
    for name, columns in _LISTING_INDEXES.items():
        op.create_index(name, "cat_listing", columns)
    op.create_table(
        "cat_favourite",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("customer_id", types.BigId, nullable=False),
        sa.Column("product_id", types.BigId, nullable=False),
        sa.Column("added_price_fen", types.Fen, nullable=False),
        sa.Column("added_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_favourite")),
        sa.UniqueConstraint("customer_id", "product_id", name=op.f("uq_cat_favourite_customer_id_product_id")),
    )
    op.create_index("ix_cat_favourite_customer_id", "cat_favourite", ["customer_id", "id"])
    op.create_table(
        "cat_viewed",
        sa.Column("customer_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("product_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("mark", types.BigId, nullable=False),
        sa.Column("viewed_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "product_id", name=op.f("pk_cat_viewed")),
    )
    op.create_index("ix_cat_viewed_customer_id", "cat_viewed", ["customer_id", "mark"])
