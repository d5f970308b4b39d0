"""media

Revision ID: 0006
Revises: 0007
Create Date: 2026-11-20 09:55:13.943012
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "med_file",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("key", types.Code(48), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("image", "video", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("mimetype", types.Code(40), nullable=False),
        sa.Column("bytes", types.BigId, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("sha256", types.Code(64), nullable=True),
        sa.Column("filename", sa.String(length=100), nullable=False),
        sa.Column("uploaded_by", types.Code(40), nullable=False),
        sa.Column(
            "state",
            sa.Enum("storing", "ready", "deleting", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("unused_since", types.UtcDateTime(), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_med_file_uses_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_med_file")),
        sa.UniqueConstraint("key", name=op.f("uq_med_file_key")),
    )
    with op.batch_alter_table("med_file", schema=None) as batch_op:
        batch_op.create_index("ix_med_file_due", ["due_at"], unique=False)
        batch_op.create_index("ix_med_file_kind", ["kind", "id"], unique=False)
        batch_op.create_index("ix_med_file_unused", ["uses", "unused_since"], unique=False)
        batch_op.create_index("ix_med_file_uses", ["uses", "id"], unique=False)

    op.create_table(
        "med_use",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("file_id", types.BigId, nullable=False),
        sa.Column("user", types.Code(60), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["med_file.id"], name=op.f("fk_med_use_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_med_use")),
        sa.UniqueConstraint("user", "file_id", name=op.f("uq_med_use_user_file_id")),
    )
    with op.batch_alter_table("med_use", schema=None) as batch_op:
        batch_op.create_index("ix_med_use_file", ["file_id", "user"], unique=False)


def downgrade() -> None:
    op.drop_table("med_use")
    op.drop_table("med_file")
