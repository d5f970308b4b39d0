"""catalog: every listing knows the facets of its product; indexes that nothing reads by any more go

Revision ID: 0016
Revises: 0012
Create Date: 2026-11-20 13:10:00.000000
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None

_ASKED = ("kind", "facet_id", "in_stock")
_LISTING = {
    "ix_cat_listing_newest": [*_ASKED, "product_id", "min_price_fen"],
    "ix_cat_listing_weight": [*_ASKED, "sort_weight", "product_id", "min_price_fen"],
    "ix_cat_listing_price": [*_ASKED, "min_price_fen", "product_id"],
    "ix_cat_listing_sales": [*_ASKED, "sales", "product_id", "min_price_fen"],
}
_UNREAD = {
    "ix_cat_product_weight": ["status", "sort_weight", "id"],
    "ix_cat_product_sales": ["status", "sales", "id"],
}
# The bit of a facet is 1 << id % 61; a product's are its category's, those above it, its brand's and its tags'.
_TAGS = "SELECT SUM(DISTINCT 1 << (t.tag_id % 61)) FROM cat_product_tag t WHERE t.product_id = p.id"
_SINGLE = ("p.category_id", "c.parent_id", "d.parent_id", "p.brand_id")
_BITS = " | ".join(
    [f"COALESCE(CAST(({_TAGS}) AS SIGNED), 0)", *(f"COALESCE(1 << ({facet} % 61), 0)" for facet in _SINGLE)]
)
_FILL = (
    f"UPDATE cat_listing SET facet_bits = (SELECT {_BITS} FROM cat_product p "  # noqa: S608
    "JOIN cat_category c ON c.id = p.category_id LEFT JOIN cat_category d ON d.id = c.parent_id "
    "WHERE p.id = cat_listing.product_id) WHERE product_id IN (SELECT id FROM cat_product)"
)


def upgrade() -> None:
    op.add_column("cat_listing", sa.Column("facet_bits", types.BigId, nullable=False, server_default="0"))
    op.execute(_FILL if op.get_bind().dialect.name != "sqlite" else _FILL.replace("AS SIGNED", "AS INTEGER"))
    with op.batch_alter_table("cat_listing") as batch:
        batch.alter_column("facet_bits", existing_type=types.BigId, existing_nullable=False, server_default=None)
    for name, columns in _LISTING.items():
        op.drop_index(name, "cat_listing")
        op.create_index(name, "cat_listing", [*columns, "facet_bits"])
    for name in _UNREAD:
        op.drop_index(name, "cat_product")


def downgrade() -> None:
    for name, columns in _UNREAD.items():
        op.create_index(name, "cat_product", columns)
    for name, columns in _LISTING.items():
        op.drop_index(name, "cat_listing")
        op.create_index(name, "cat_listing", columns)
    with op.batch_alter_table("cat_listing") as batch:
        batch.drop_column("facet_bits")
