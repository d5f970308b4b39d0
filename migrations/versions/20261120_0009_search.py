"""search: postings, counted questions, words to offer; what is there already is indexed by the relay

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-20 09:57:42.380537
"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0009"
down_revision = "0004"
branch_labels = None
depends_on = None

# Everything stands below a root: as if each had just been renamed, chunk by chunk, while the shop is open.
_ROOTS = sa.text("""
    INSERT INTO kit_outbox
        (id, event_id, kind, name, event_version, payload, aggregate_id, occurred_at, actor, attempt, due_at)
    VALUES (:id, :id, 'event', 'catalog.category_changed', 1, :payload, :root, :now, 'system:migration', 0, :now)
""").bindparams(sa.bindparam("payload", type_=sa.JSON()), sa.bindparam("now", type_=types.UtcDateTime()))


def upgrade() -> None:
    op.create_table(
        "cat_search_count",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("words", types.ExactText(60), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("last_results", sa.Integer(), nullable=False),
        sa.Column("last_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "times > 0 AND missed >= 0 AND missed <= times", name=op.f("ck_cat_search_count_counts_fit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_search_count")),
        sa.UniqueConstraint("day", "words", name=op.f("uq_cat_search_count_day_words")),
    )
    with op.batch_alter_table("cat_search_count", schema=None) as batch_op:
        batch_op.create_index("ix_cat_search_count_missed", ["day", "missed", "id"], unique=False)

    op.create_table(
        "cat_search_posting",
        sa.Column("term", types.ExactText(32), nullable=False),
        sa.Column("impact", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", types.BigId, autoincrement=False, nullable=False),
        sa.CheckConstraint("impact > 0", name=op.f("ck_cat_search_posting_impact_above_zero")),
        sa.PrimaryKeyConstraint("term", "impact", "product_id", name=op.f("pk_cat_search_posting")),
        sa.UniqueConstraint("product_id", "term", name=op.f("uq_cat_search_posting_product_id_term")),
    )
    op.create_table(
        "cat_search_word",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "arranged",
                "hidden",
                "brand",
                "category",
                "searched",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("folded", types.ExactText(60), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_search_word")),
        sa.UniqueConstraint("kind", "folded", name=op.f("uq_cat_search_word_kind_folded")),
    )
    with op.batch_alter_table("cat_search_word", schema=None) as batch_op:
        batch_op.create_index("ix_cat_search_word_folded", ["folded"], unique=False)
        batch_op.create_index("ix_cat_search_word_rank", ["kind", "weight", "id"], unique=False)

    _index_everything()


def _index_everything() -> None:
    connection = op.get_bind()
    now = datetime.now(UTC)
    for root in connection.execute(sa.text("SELECT id FROM cat_category WHERE parent_id IS NULL")).scalars().all():
        connection.execute(
            _ROOTS, {"id": secrets.randbits(62), "root": root, "payload": {"category_id": root}, "now": now}
        )


def downgrade() -> None:
    with op.batch_alter_table("cat_search_word", schema=None) as batch_op:
        batch_op.drop_index("ix_cat_search_word_rank")
        batch_op.drop_index("ix_cat_search_word_folded")

    op.drop_table("cat_search_word")
    op.drop_table("cat_search_posting")
    with op.batch_alter_table("cat_search_count", schema=None) as batch_op:
        batch_op.drop_index("ix_cat_search_count_missed")

    op.drop_table("cat_search_count")
