"""catalog: products by price are read from the listing, not from here

Revision ID: 0014
Revises: 0010
Create Date: 2026-11-20 11:26:00
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_cat_product_price", "cat_product")


def downgrade() -> None:
    op.create_index("ix_cat_product_price", "cat_product", ["status", "min_price_fen", "id"])
