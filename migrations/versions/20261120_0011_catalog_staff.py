"""catalog, staff's side: why a scheduled switch failed, and the order of staff's lists

Columns keep their server default, so that a process of the version before can still write while this one is rolled out.

Revision ID: 0011
Revises: 0009
Create Date: 2026-11-20 10:12:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_cat_brand_sort_order", "cat_brand", ["sort_order", "id"]),
    ("ix_cat_tag_sort_order", "cat_tag", ["sort_order", "id"]),
    ("ix_cat_spec_template_category_id", "cat_spec_template", ["category_id", "id"]),
    ("ix_cat_product_category_id", "cat_product", ["category_id", "id"]),
    ("ix_cat_product_brand_id", "cat_product", ["brand_id", "id"]),
)


def upgrade() -> None:
    op.add_column("cat_product", sa.Column("schedule_error", sa.String(length=300), nullable=False, server_default=""))
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("cat_product", "schedule_error")
