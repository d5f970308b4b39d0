"""report jobs

Revision ID: 0003
Revises: 0001
Create Date: 2026-11-20 08:32:13.739170
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rpt_job",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("orders", "my_orders", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("format", types.Code(8), nullable=False),
        sa.Column("owner", types.Code(40), nullable=False),
        sa.Column("buyer_id", types.BigId, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("status", types.Code(24), nullable=True),
        sa.Column("placed_from", types.UtcDateTime(), nullable=True),
        sa.Column("placed_to", types.UtcDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("run", types.Code(32), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("active", types.Code(40), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("mailing_at", types.UtcDateTime(), nullable=True),
        sa.Column(
            "failure",
            sa.Enum(
                "too_many_rows",
                "too_long",
                "interrupted",
                "internal",
                "mail_refused",
                "mail_unreachable",
                "mail_unknown",
                name="failure",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("file_key", types.Code(64), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent >= 0 AND percent <= 100", name=op.f("ck_rpt_job_percent_in_bounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rpt_job")),
        sa.UniqueConstraint("active", name=op.f("uq_rpt_job_active")),
        sa.UniqueConstraint("slot", name=op.f("uq_rpt_job_slot")),
    )
    with op.batch_alter_table("rpt_job", schema=None) as batch_op:
        batch_op.create_index("ix_rpt_job_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_rpt_job_due", ["due_at"], unique=False)
        batch_op.create_index("ix_rpt_job_kind", ["kind", "id"], unique=False)
        batch_op.create_index("ix_rpt_job_owner", ["owner", "id"], unique=False)

    with op.batch_alter_table("ord_order", schema=None) as batch_op:
        batch_op.create_index("ix_ord_order_placed", ["placed_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ord_order", schema=None) as batch_op:
        batch_op.drop_index("ix_ord_order_placed")

    op.drop_table("rpt_job")
