"""approval: rules and requests; notices to staff, and their addresses

Revision ID: 0005
Revises: 0003
Create Date: 2026-11-20 10:05:29.747403
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0005"
down_revision = "0008"
branch_labels = None
depends_on = None

SUGGESTED_AT = datetime(2026, 11, 20, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "apr_request",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("action", types.Code(60), nullable=False),
        sa.Column("subject", types.Code(64), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("payload", types.LongText, nullable=False),
        sa.Column("digest", types.Code(64), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("requester", types.Code(60), nullable=False),
        sa.Column("requester_id", types.BigId, nullable=True),
        sa.Column("requester_name", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "withdrawn",
                "expired",
                "stale",
                "applied_directly",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("origin_id", types.BigId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'pending') = (due_at IS NOT NULL)", name=op.f("ck_apr_request_pending_is_due")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apr_request")),
        sa.UniqueConstraint("origin_id", name=op.f("uq_apr_request_origin_id")),
    )
    with op.batch_alter_table("apr_request", schema=None) as batch_op:
        batch_op.create_index("ix_apr_request_action", ["action", "id"], unique=False)
        batch_op.create_index("ix_apr_request_due", ["due_at"], unique=False)
        batch_op.create_index("ix_apr_request_requester", ["requester_id", "id"], unique=False)
        batch_op.create_index("ix_apr_request_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_apr_request_subject", ["subject", "id"], unique=False)

    op.create_table(
        "apr_rule",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("action", types.Code(60), nullable=False),
        sa.Column("fact", types.Code(40), nullable=True),
        sa.Column(
            "operator",
            sa.Enum(
                "gt", "gte", "lt", "lte", "eq", name="operator", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("threshold", sa.BigInteger(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("expiry_hours", sa.Integer(), nullable=False),
        sa.Column("updated_by", types.Code(40), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(fact IS NULL AND operator IS NULL AND threshold IS NULL) OR (fact IS NOT NULL AND operator IS NOT NULL AND threshold IS NOT NULL)",
            name=op.f("ck_apr_rule_condition_is_whole"),
        ),
        sa.CheckConstraint("expiry_hours > 0", name=op.f("ck_apr_rule_expiry_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apr_rule")),
    )
    with op.batch_alter_table("apr_rule", schema=None) as batch_op:
        batch_op.create_index("ix_apr_rule_action", ["action", "id"], unique=False)

    op.create_table(
        "ntf_notice",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("staff_id", types.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "approval_requested",
                "approval_granted",
                "approval_rejected",
                "approval_withdrawn",
                "approval_expired",
                "approval_stale",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("occasion", types.Code(80), nullable=False),
        sa.Column("reference", types.Code(64), nullable=False),
        sa.Column("zh", sa.String(length=400), nullable=False),
        sa.Column("en", sa.String(length=400), nullable=False),
        sa.Column("read_at", types.UtcDateTime(), nullable=True),
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
            "(state = 'pending') = (next_try_at IS NOT NULL)", name=op.f("ck_ntf_notice_pending_is_due")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ntf_notice")),
        sa.UniqueConstraint("staff_id", "occasion", name=op.f("uq_ntf_notice_staff_id_occasion")),
    )
    with op.batch_alter_table("ntf_notice", schema=None) as batch_op:
        batch_op.create_index("ix_ntf_notice_due", ["next_try_at"], unique=False)
        batch_op.create_index("ix_ntf_notice_reference", ["reference", "kind"], unique=False)
        batch_op.create_index("ix_ntf_notice_staff", ["staff_id", "id"], unique=False)
        batch_op.create_index("ix_ntf_notice_unread", ["staff_id", "read_at", "id"], unique=False)

    op.create_table(
        "apr_history",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("request_id", types.BigId, nullable=False),
        sa.Column(
            "verb",
            sa.Enum(
                "submit",
                "apply_directly",
                "agree",
                "approve",
                "reject",
                "withdraw",
                "expire",
                "outdate",
                "resubmit",
                "comment",
                name="verb",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_state",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "withdrawn",
                "expired",
                "stale",
                "applied_directly",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "withdrawn",
                "expired",
                "stale",
                "applied_directly",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("actor", types.Code(60), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["apr_request.id"], name=op.f("fk_apr_history_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apr_history")),
    )
    with op.batch_alter_table("apr_history", schema=None) as batch_op:
        batch_op.create_index("ix_apr_history_request", ["request_id", "id"], unique=False)

    op.create_table(
        "apr_request_step",
        sa.Column("request_id", types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role_id", types.BigId, nullable=False),
        sa.Column("role_code", types.Code(40), nullable=False),
        sa.Column("role_name", sa.String(length=40), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("approved", "rejected", name="decision", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("decided_by", types.BigId, nullable=True),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["apr_request.id"], name=op.f("fk_apr_request_step_request_id")),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_apr_request_step")),
    )
    op.create_table(
        "apr_rule_step",
        sa.Column("rule_id", types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role_id", types.BigId, nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["apr_rule.id"], name=op.f("fk_apr_rule_step_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", "position", name=op.f("pk_apr_rule_step")),
    )
    with op.batch_alter_table("usr_staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", types.Code(254), nullable=True))

    _suggest_rules()


def _suggest_rules() -> None:
    """What a shop may want, switched off and without a role: nobody is stopped by the first installation."""
    rule = sa.table(
        "apr_rule",
        *(
            sa.column(name)
            for name in (
                "id",
                "name",
                "action",
                "fact",
                "operator",
                "threshold",
                "enabled",
                "expiry_hours",
                "updated_by",
                "version",
            )
        ),
        sa.column("updated_at", types.UtcDateTime()),
    )
    same = {"enabled": False, "expiry_hours": 72, "updated_by": "system:migration", "version": 1}
    always = {"fact": None, "operator": None, "threshold": None}
    rules = [
        {
            "name": "改价超过 10%",
            "action": "catalog.product.price",
            "fact": "price_change_percent",
            "operator": "gt",
            "threshold": 10,
        },
        {"name": "删除商品", "action": "catalog.product.delete"} | always,
        {"name": "删除分类", "action": "catalog.category.delete"} | always,
        {
            "name": "调整库存超过 100 件",
            "action": "inventory.adjust",
            "fact": "quantity",
            "operator": "gt",
            "threshold": 100,
        },
    ]
    # Ids of the application begin in 2026's first millisecond, far above these.
    op.bulk_insert(
        rule, [{"id": number, "updated_at": SUGGESTED_AT} | same | row for number, row in enumerate(rules, start=1)]
    )


def downgrade() -> None:
    with op.batch_alter_table("usr_staff", schema=None) as batch_op:
        batch_op.drop_column("email")

    op.drop_table("apr_rule_step")
    op.drop_table("apr_request_step")
    op.drop_table("apr_history")
    op.drop_table("ntf_notice")
    op.drop_table("apr_rule")
    op.drop_table("apr_request")
