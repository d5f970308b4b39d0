"""initial

Revision ID: 0001
Revises:
Create Date: 2026-11-20 08:09:54.758584
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cat_category",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("parent_id", types.BigId, nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("image_url", sa.String(length=500), nullable=False),
        sa.Column("live_key", types.Code(64), nullable=True),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["cat_category.id"], name=op.f("fk_cat_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_category")),
        sa.UniqueConstraint("live_key", name=op.f("uq_cat_category_live_key")),
    )
    op.create_table(
        "crt_line",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("customer_id", types.BigId, nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_price_fen", types.BigId, nullable=False),
        sa.Column("added_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_crt_line_quantity_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crt_line")),
        sa.UniqueConstraint("customer_id", "sku_id", name=op.f("uq_crt_line_customer_id_sku_id")),
    )
    op.create_table(
        "inv_item",
        sa.Column("sku_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("sku_code", types.Code(64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_inv_item")),
        sa.UniqueConstraint("sku_code", name=op.f("uq_inv_item_sku_code")),
    )
    op.create_table(
        "inv_ledger",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receive",
                "reserve",
                "release",
                "deduct",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("on_hand_before", sa.Integer(), nullable=False),
        sa.Column("on_hand_delta", sa.Integer(), nullable=False),
        sa.Column("on_hand_after", sa.Integer(), nullable=False),
        sa.Column("reserved_before", sa.Integer(), nullable=False),
        sa.Column("reserved_delta", sa.Integer(), nullable=False),
        sa.Column("reserved_after", sa.Integer(), nullable=False),
        sa.Column("reference", types.Code(64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("operator", types.Code(40), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "on_hand_after = on_hand_before + on_hand_delta", name=op.f("ck_inv_ledger_on_hand_adds_up")
        ),
        sa.CheckConstraint(
            "reserved_after = reserved_before + reserved_delta", name=op.f("ck_inv_ledger_reserved_adds_up")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_ledger")),
        sa.UniqueConstraint(
            "reference", "kind", "sku_id", "location_id", name=op.f("uq_inv_ledger_reference_kind_sku_id_location_id")
        ),
    )
    with op.batch_alter_table("inv_ledger", schema=None) as batch_op:
        batch_op.create_index("ix_inv_ledger_sku", ["sku_id", "id"], unique=False)

    op.create_table(
        "inv_reservation",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("reference", types.Code(64), nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "released", "deducted", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_inv_reservation_quantity_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_reservation")),
        sa.UniqueConstraint(
            "reference", "sku_id", "location_id", name=op.f("uq_inv_reservation_reference_sku_id_location_id")
        ),
    )
    op.create_table(
        "inv_stock",
        sa.Column("sku_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("location_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_inv_stock_on_hand_not_negative")),
        sa.CheckConstraint("reserved <= on_hand", name=op.f("ck_inv_stock_reserved_is_there")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_inv_stock_reserved_not_negative")),
        sa.PrimaryKeyConstraint("sku_id", "location_id", name=op.f("pk_inv_stock")),
    )
    with op.batch_alter_table("inv_stock", schema=None) as batch_op:
        batch_op.create_index("ix_inv_stock_location_id", ["location_id", "sku_id"], unique=False)

    op.create_table(
        "kit_idempotency",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("owner", types.Code(40), nullable=False),
        sa.Column("route", types.Code(120), nullable=False),
        sa.Column("key", types.Code(64), nullable=False),
        sa.Column("request_hash", types.Code(64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("claimed", "completed", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("token", types.Code(32), nullable=False),
        sa.Column("leased_until", types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_idempotency")),
        sa.UniqueConstraint("owner", "route", "key", name=op.f("uq_kit_idempotency_owner_route_key")),
    )
    with op.batch_alter_table("kit_idempotency", schema=None) as batch_op:
        batch_op.create_index("ix_kit_idempotency_created_at", ["created_at"], unique=False)

    op.create_table(
        "kit_inbox",
        sa.Column("consumer", types.Code(80), nullable=False),
        sa.Column("event_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("handled_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_kit_inbox")),
    )
    with op.batch_alter_table("kit_inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_inbox_handled_at"), ["handled_at"], unique=False)

    op.create_table(
        "kit_node",
        sa.Column("node", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("leased_until", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_kit_node")),
    )
    op.create_table(
        "kit_outbox",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("event", "task", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name", types.Code(80), nullable=False),
        sa.Column("event_version", sa.Integer(), nullable=False),
        sa.Column("consumer", types.Code(80), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("aggregate", types.Code(60), nullable=True),
        sa.Column("aggregate_id", types.BigId, nullable=True),
        sa.Column("aggregate_version", sa.Integer(), nullable=True),
        sa.Column("event_id", types.BigId, nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("request_id", types.Code(64), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("delivered_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_outbox")),
    )
    with op.batch_alter_table("kit_outbox", schema=None) as batch_op:
        batch_op.create_index("ix_kit_outbox_pending", ["delivered_at", "due_at"], unique=False)

    op.create_table(
        "ord_order",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("no", types.Code(32), nullable=False),
        sa.Column("buyer_id", types.BigId, nullable=False),
        sa.Column("store_id", types.BigId, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending_payment",
                "closing",
                "closed",
                "paid",
                "shipped",
                "completed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("goods_fen", types.BigId, nullable=False),
        sa.Column("freight_fen", types.BigId, nullable=False),
        sa.Column("payable_fen", types.BigId, nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("province", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("placed_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("follow_up_at", types.UtcDateTime(), nullable=True),
        sa.Column("payment_attempts", sa.Integer(), nullable=False),
        sa.Column("transaction_id", types.Code(64), nullable=True),
        sa.Column("paid_at", types.UtcDateTime(), nullable=True),
        sa.Column("express_company", sa.String(length=40), nullable=True),
        sa.Column("tracking_no", types.Code(40), nullable=True),
        sa.Column("shipped_at", types.UtcDateTime(), nullable=True),
        sa.Column("completed_at", types.UtcDateTime(), nullable=True),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("close_reason", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("goods_fen >= 0 AND freight_fen >= 0", name=op.f("ck_ord_order_amounts_not_negative")),
        sa.CheckConstraint("payable_fen = goods_fen + freight_fen", name=op.f("ck_ord_order_payable_adds_up")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ord_order")),
        sa.UniqueConstraint("no", name=op.f("uq_ord_order_no")),
    )
    with op.batch_alter_table("ord_order", schema=None) as batch_op:
        batch_op.create_index("ix_ord_order_buyer", ["buyer_id", "id"], unique=False)
        batch_op.create_index("ix_ord_order_buyer_status", ["buyer_id", "status", "id"], unique=False)
        batch_op.create_index("ix_ord_order_due", ["due_at"], unique=False)
        batch_op.create_index("ix_ord_order_follow_up", ["follow_up_at"], unique=False)
        batch_op.create_index("ix_ord_order_status", ["status", "id"], unique=False)

    op.create_table(
        "pay_attempt",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("subject", types.Code(64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("out_trade_no", types.Code(32), nullable=False),
        sa.Column("appid", types.Code(32), nullable=False),
        sa.Column("mchid", types.Code(32), nullable=False),
        sa.Column("payer_openid", types.Code(128), nullable=False),
        sa.Column("description", sa.String(length=127), nullable=False),
        sa.Column("amount_fen", types.BigId, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "unknown",
                "prepaid",
                "refused",
                "closing",
                "closed",
                "success",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("prepay_id", types.Code(64), nullable=True),
        sa.Column("prepaid_at", types.UtcDateTime(), nullable=True),
        sa.Column("refusal", sa.String(length=200), nullable=True),
        sa.Column("time_expire", types.UtcDateTime(), nullable=False),
        sa.Column("call_started_at", types.UtcDateTime(), nullable=False),
        sa.Column("transaction_id", types.Code(64), nullable=True),
        sa.Column("paid_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("next_check_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_pay_attempt_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_attempt")),
        sa.UniqueConstraint("out_trade_no", name=op.f("uq_pay_attempt_out_trade_no")),
        sa.UniqueConstraint("subject", "sequence", name=op.f("uq_pay_attempt_subject_sequence")),
    )
    with op.batch_alter_table("pay_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_pay_attempt_due", ["next_check_at"], unique=False)

    op.create_table(
        "pay_notice",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("notice_id", types.Code(64), nullable=False),
        sa.Column("event_type", types.Code(64), nullable=False),
        sa.Column("resource", sa.JSON(), nullable=False),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("applied_at", types.UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_notice")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_pay_notice_notice_id")),
    )
    with op.batch_alter_table("pay_notice", schema=None) as batch_op:
        batch_op.create_index("ix_pay_notice_due", ["applied_at", "due_at"], unique=False)

    op.create_table(
        "pay_receipt",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("transaction_id", types.Code(64), nullable=False),
        sa.Column("out_trade_no", types.Code(128), nullable=False),
        sa.Column("attempt_id", types.BigId, nullable=True),
        sa.Column("subject", types.Code(64), nullable=True),
        sa.Column("amount_fen", types.BigId, nullable=False),
        sa.Column("currency", types.Code(16), nullable=False),
        sa.Column("appid", types.Code(128), nullable=False),
        sa.Column("mchid", types.Code(128), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "fits",
                "unknown_number",
                "wrong_amount",
                "wrong_currency",
                "wrong_identity",
                "second_payment",
                "refunded_elsewhere",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("paid_at", types.UtcDateTime(), nullable=False),
        sa.Column("refunded_fen", types.BigId, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_pay_receipt_amount_not_negative")),
        sa.CheckConstraint(
            "refunded_fen >= 0 AND refunded_fen <= amount_fen", name=op.f("ck_pay_receipt_refunds_within_amount")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_receipt")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_pay_receipt_transaction_id")),
    )
    with op.batch_alter_table("pay_receipt", schema=None) as batch_op:
        batch_op.create_index("ix_pay_receipt_subject", ["subject", "id"], unique=False)
        batch_op.create_index("ix_pay_receipt_verdict", ["verdict", "id"], unique=False)

    op.create_table(
        "pay_refund",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("reference", types.Code(80), nullable=False),
        sa.Column("subject", types.Code(64), nullable=True),
        sa.Column("transaction_id", types.Code(64), nullable=False),
        sa.Column("out_trade_no", types.Code(128), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("out_refund_no", types.Code(64), nullable=False),
        sa.Column("amount_fen", types.BigId, nullable=False),
        sa.Column("total_fen", types.BigId, nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "processing",
                "abnormal",
                "success",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("last_answer", sa.String(length=200), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("is_stuck", sa.Boolean(), nullable=False),
        sa.Column("next_check_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_pay_refund_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_refund")),
        sa.UniqueConstraint("out_refund_no", name=op.f("uq_pay_refund_out_refund_no")),
        sa.UniqueConstraint("reference", name=op.f("uq_pay_refund_reference")),
    )
    with op.batch_alter_table("pay_refund", schema=None) as batch_op:
        batch_op.create_index("ix_pay_refund_due", ["next_check_at"], unique=False)
        batch_op.create_index("ix_pay_refund_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_pay_refund_transaction_id", ["transaction_id"], unique=False)

    op.create_table(
        "usr_customer",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("nickname", sa.String(length=32), nullable=False),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("phone", types.Code(24), nullable=True),
        sa.Column(
            "status",
            sa.Enum("active", "blocked", name="status", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_customer")),
    )
    with op.batch_alter_table("usr_customer", schema=None) as batch_op:
        batch_op.create_index("ix_usr_customer_phone", ["phone", "id"], unique=False)

    op.create_table(
        "usr_login_guard",
        sa.Column("username", types.Code(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_usr_login_guard")),
    )
    with op.batch_alter_table("usr_login_guard", schema=None) as batch_op:
        batch_op.create_index("ix_usr_login_guard_last_try_at", ["last_try_at"], unique=False)

    op.create_table(
        "usr_role",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("code", types.Code(40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("all_permissions", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_role")),
        sa.UniqueConstraint("code", name=op.f("uq_usr_role_code")),
    )
    op.create_table(
        "usr_session",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("member", "staff", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("subject_id", types.BigId, nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "logged_out",
                "token_reused",
                "blocked",
                "deactivated",
                "password_changed",
                name="end_reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_session")),
    )
    with op.batch_alter_table("usr_session", schema=None) as batch_op:
        batch_op.create_index("ix_usr_session_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_usr_session_subject", ["subject_id", "kind"], unique=False)

    op.create_table(
        "usr_staff",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("username", types.Code(32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", types.Code(200), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "inactive", name="status", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_login_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_usr_staff_username")),
    )
    op.create_table(
        "cat_product",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("code", types.Code(64), nullable=False),
        sa.Column("category_id", types.BigId, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=60), nullable=False),
        sa.Column("selling_point", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("image_url", sa.String(length=500), nullable=False),
        sa.Column("gallery", sa.JSON(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "on_sale",
                "off_sale",
                "archived",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("min_price_fen", types.BigId, nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("min_price_fen >= 0", name=op.f("ck_cat_product_min_price_not_negative")),
        sa.ForeignKeyConstraint(["category_id"], ["cat_category.id"], name=op.f("fk_cat_product_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_product")),
        sa.UniqueConstraint("code", name=op.f("uq_cat_product_code")),
    )
    with op.batch_alter_table("cat_product", schema=None) as batch_op:
        batch_op.create_index("ix_cat_product_category_shelf", ["category_id", "status", "id"], unique=False)
        batch_op.create_index("ix_cat_product_shelf", ["status", "id"], unique=False)

    op.create_table(
        "ord_history",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("order_id", types.BigId, nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "place",
                "pay",
                "cancel",
                "expire",
                "close",
                "ship",
                "confirm_receipt",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_status",
            sa.Enum(
                "pending_payment",
                "closing",
                "closed",
                "paid",
                "shipped",
                "completed",
                name="from_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "pending_payment",
                "closing",
                "closed",
                "paid",
                "shipped",
                "completed",
                name="to_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("operator", types.Code(40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["ord_order.id"], name=op.f("fk_ord_history_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ord_history")),
    )
    with op.batch_alter_table("ord_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ord_history_order_id"), ["order_id"], unique=False)

    op.create_table(
        "ord_line",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("order_id", types.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("product_id", types.BigId, nullable=False),
        sa.Column("sku_code", types.Code(64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("spec_text", sa.String(length=500), nullable=False),
        sa.Column("image_url", sa.String(length=500), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("price_fen", types.BigId, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_fen", types.BigId, nullable=False),
        sa.CheckConstraint("amount_fen = price_fen * quantity", name=op.f("ck_ord_line_amount_adds_up")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_ord_line_quantity_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["ord_order.id"], name=op.f("fk_ord_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ord_line")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_ord_line_order_id_position")),
    )
    op.create_table(
        "usr_address",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("customer_id", types.BigId, nullable=False),
        sa.Column("receiver", sa.String(length=30), nullable=False),
        sa.Column("phone", types.Code(24), nullable=False),
        sa.Column("province", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("region_code", types.Code(12), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["usr_customer.id"], name=op.f("fk_usr_address_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_address")),
    )
    with op.batch_alter_table("usr_address", schema=None) as batch_op:
        batch_op.create_index("ix_usr_address_customer_id", ["customer_id", "id"], unique=False)

    op.create_table(
        "usr_identity",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "provider",
            sa.Enum("wechat_mini", name="provider", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("appid", types.Code(40), nullable=False),
        sa.Column("subject", types.Code(64), nullable=False),
        sa.Column("unionid", types.Code(64), nullable=True),
        sa.Column("customer_id", types.BigId, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["usr_customer.id"], name=op.f("fk_usr_identity_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_identity")),
        sa.UniqueConstraint("provider", "appid", "subject", name=op.f("uq_usr_identity_provider_appid_subject")),
    )
    with op.batch_alter_table("usr_identity", schema=None) as batch_op:
        batch_op.create_index("ix_usr_identity_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "usr_refresh_token",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("session_id", types.BigId, nullable=False),
        sa.Column("token_hash", types.Code(64), nullable=False),
        sa.Column("issued_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["usr_session.id"], name=op.f("fk_usr_refresh_token_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usr_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_usr_refresh_token_token_hash")),
    )
    with op.batch_alter_table("usr_refresh_token", schema=None) as batch_op:
        batch_op.create_index("ix_usr_refresh_token_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_usr_refresh_token_session_id", ["session_id"], unique=False)

    op.create_table(
        "usr_role_permission",
        sa.Column("role_id", types.BigId, nullable=False),
        sa.Column("permission", types.Code(80), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["usr_role.id"], name=op.f("fk_usr_role_permission_role_id")),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_usr_role_permission")),
    )
    op.create_table(
        "usr_staff_role",
        sa.Column("staff_id", types.BigId, nullable=False),
        sa.Column("role_id", types.BigId, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["usr_role.id"], name=op.f("fk_usr_staff_role_role_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["usr_staff.id"], name=op.f("fk_usr_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role_id", name=op.f("pk_usr_staff_role")),
    )
    with op.batch_alter_table("usr_staff_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usr_staff_role_role_id"), ["role_id"], unique=False)

    op.create_table(
        "cat_sku",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("product_id", types.BigId, nullable=False),
        sa.Column("code", types.Code(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("spec_text", sa.String(length=500), nullable=False),
        sa.Column("spec_key", types.Code(64), nullable=False),
        sa.Column("price_fen", types.BigId, nullable=False),
        sa.Column("list_price_fen", types.BigId, nullable=True),
        sa.Column("image_url", sa.String(length=500), nullable=True),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("list_price_fen >= 0", name=op.f("ck_cat_sku_list_price_not_negative")),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_cat_sku_price_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["cat_product.id"], name=op.f("fk_cat_sku_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_sku")),
        sa.UniqueConstraint("code", name=op.f("uq_cat_sku_code")),
        sa.UniqueConstraint("product_id", "spec_key", name=op.f("uq_cat_sku_product_id_spec_key")),
    )


def downgrade() -> None:
    op.drop_table("cat_sku")
    op.drop_table("usr_staff_role")
    op.drop_table("usr_role_permission")
    op.drop_table("usr_refresh_token")
    op.drop_table("usr_identity")
    op.drop_table("usr_address")
    op.drop_table("ord_line")
    op.drop_table("ord_history")
    op.drop_table("cat_product")
    op.drop_table("usr_staff")
    op.drop_table("usr_session")
    op.drop_table("usr_role")
    op.drop_table("usr_login_guard")
    op.drop_table("usr_customer")
    op.drop_table("pay_refund")
    op.drop_table("pay_receipt")
    op.drop_table("pay_notice")
    op.drop_table("pay_attempt")
    op.drop_table("ord_order")
    op.drop_table("kit_outbox")
    op.drop_table("kit_node")
    op.drop_table("kit_inbox")
    op.drop_table("kit_idempotency")
    op.drop_table("inv_stock")
    op.drop_table("inv_reservation")
    op.drop_table("inv_ledger")
    op.drop_table("inv_item")
    op.drop_table("crt_line")
    op.drop_table("cat_category")
