"""notification: deliveries of messages to buyers

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-20 08:26:08.200372
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ntf_delivery",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("order_paid", "order_shipped", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("order_no", types.Code(32), nullable=False),
        sa.Column("recipient_id", types.BigId, nullable=False),
        sa.Column(
            "channel",
            sa.Enum("wechat", name="channel", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sent",
                "refused",
                "failed",
                "skipped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_answer", sa.String(length=200), nullable=True),
        sa.Column("next_try_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'pending') = (next_try_at IS NOT NULL)", name=op.f("ck_ntf_delivery_pending_is_due")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ntf_delivery")),
        sa.UniqueConstraint(
            "order_no", "kind", "recipient_id", name=op.f("uq_ntf_delivery_order_no_kind_recipient_id")
        ),
    )
    with op.batch_alter_table("ntf_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_ntf_delivery_due", ["next_try_at"], unique=False)
        batch_op.create_index("ix_ntf_delivery_order_no", ["order_no", "id"], unique=False)
        batch_op.create_index("ix_ntf_delivery_state", ["state", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ntf_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_ntf_delivery_state")
        batch_op.drop_index("ix_ntf_delivery_order_no")
        batch_op.drop_index("ix_ntf_delivery_due")

    op.drop_table("ntf_delivery")
