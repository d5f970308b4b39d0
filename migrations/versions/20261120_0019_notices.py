"""notices: of comments on requests, of goods that run low and of those there are too many of

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-20 14:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OLD = tuple(f"approval_{what}" for what in ("requested", "granted", "rejected", "withdrawn", "expired", "stale"))
_NEW = ("approval_commented", "low_stock", "overstock")
_notice = sa.table("ntf_notice", sa.column("kind"))


def _know(kinds):
    named = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("ntf_notice") as batch_op:
        batch_op.drop_constraint(op.f("ck_ntf_notice_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_ntf_notice_kind"), f"kind IN ({named})")


def upgrade() -> None:
    _know((*_OLD, *_NEW))


def downgrade() -> None:
    # The program before this cannot read them; they are news, and what they tell of stays.
    op.execute(_notice.delete().where(_notice.c.kind.in_(_NEW)))
    _know(_OLD)
