"""inventory: which product a SKU belongs to, so that its movements can be asked for by product

Revision ID: 0015
Revises: 0012
Create Date: 2026-11-20 12:55:00
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

_items = sa.table("inv_item", sa.column("sku_id"), sa.column("product_id"))
_skus = sa.table("cat_sku", sa.column("id"), sa.column("product_id"))


def upgrade() -> None:
    op.add_column("inv_item", sa.Column("product_id", types.BigId, nullable=True))
    owner = sa.select(_skus.c.product_id).where(_skus.c.id == _items.c.sku_id).scalar_subquery()
    op.execute(_items.update().values(product_id=owner))
    op.create_index("ix_inv_item_product_id", "inv_item", ["product_id", "sku_id"])


def downgrade() -> None:
    op.drop_index("ix_inv_item_product_id", "inv_item")
    with op.batch_alter_table("inv_item") as table:
        table.drop_column("product_id")
