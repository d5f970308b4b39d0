"""versions of what staff edit as a whole: sections of the home page, hot words, thresholds of stock

A list that nobody has changed since has no row in cat_arrangement and stands at version 1; thresholds begin at 0.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-20 13:10:00
"""

import sqlalchemy as sa
from alembic import op

from kit.db.types import Code

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cat_arrangement",
        sa.Column("name", Code(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cat_arrangement")),
    )
    with op.batch_alter_table("inv_stock") as batch:
        batch.add_column(sa.Column("arranged", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("inv_stock") as batch:
        batch.drop_column("arranged")
    op.drop_table("cat_arrangement")
