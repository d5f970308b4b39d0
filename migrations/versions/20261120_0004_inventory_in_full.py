"""inventory in full

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-20 10:10:16.668070
"""

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0004"
down_revision = "0005"
branch_labels = None
depends_on = None


OLD_KINDS = ("receive", "reserve", "release", "deduct")
KINDS = (
    *OLD_KINDS,
    "issue",
    "adjust",
    "count",
    "transfer_out",
    "transfer_in",
    "write_off",
    "return",
)
LINES = ("reference", "kind", "sku_id", "location_id", "line")
OLD_LINES = LINES[:-1]


def _is_one_of(kinds):
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


NEW_LEVELS = {
    "expired_not_negative": "expired >= 0",
    "expired_is_there": "expired <= on_hand",
    "value_not_negative": "value_fen >= 0",
    "minimum_below_maximum": "minimum <= maximum",
}


def _know_kinds(batch_op, kinds):
    batch_op.drop_constraint(op.f("ck_inv_ledger_kind"), type_="check")
    batch_op.create_check_constraint(op.f("ck_inv_ledger_kind"), _is_one_of(kinds))


def _rebuild_ledger():
    with op.batch_alter_table("inv_ledger") as batch_op:
        _know_kinds(batch_op, KINDS)
        batch_op.add_column(sa.Column("value_delta_fen", types.BigId, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("line", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(op.f("uq_inv_ledger_reference_kind_sku_id_location_id"), type_="unique")
        batch_op.create_unique_constraint("uq_inv_ledger_movement", list(LINES))
        batch_op.create_index("ix_inv_ledger_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_inv_ledger_operator", ["operator", "id"], unique=False)


def _rebuild_reservations():
    with op.batch_alter_table("inv_reservation") as batch_op:
        batch_op.add_column(sa.Column("returned", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reason", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("expires_at", types.UtcDateTime(), nullable=True))
        batch_op.create_index("ix_inv_reservation_expiry", ["state", "expires_at", "reference"], unique=False)
        batch_op.create_index("ix_inv_reservation_sku", ["sku_id", "state", "id"], unique=False)
        batch_op.create_check_constraint(
            op.f("ck_inv_reservation_returned_was_there"), "returned >= 0 AND returned <= quantity"
        )


def _rebuild_stock():
    with op.batch_alter_table("inv_stock") as batch_op:
        batch_op.add_column(sa.Column("expired", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("value_fen", types.BigId, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("minimum", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("maximum", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shelf", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sellable", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("tracked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("low", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("over", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("corrected", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("corrections", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("next_expiry_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("idle_since", types.UtcDateTime(), nullable=True))
    # Nobody knows since when goods lie idle: from the last thing that happened to them.
    op.execute("UPDATE inv_stock SET idle_since = updated_at")
    with op.batch_alter_table("inv_stock") as batch_op:
        batch_op.alter_column("idle_since", existing_type=types.UtcDateTime(), nullable=False)
        for name, condition in NEW_LEVELS.items():
            batch_op.create_check_constraint(op.f(f"ck_inv_stock_{name}"), condition)
    with op.batch_alter_table("inv_stock") as batch_op:
        batch_op.create_index("ix_inv_stock_low", ["location_id", "low", "sku_id"], unique=False)
        batch_op.create_index("ix_inv_stock_over", ["location_id", "over", "sku_id"], unique=False)
        batch_op.create_index("ix_inv_stock_shelf", ["location_id", "shelf", "sku_id"], unique=False)
        batch_op.create_index(op.f("ix_inv_stock_next_expiry_at"), ["next_expiry_at"], unique=False)


def _shrink_stock():
    with op.batch_alter_table("inv_stock") as batch_op:
        for index in ("shelf", "over", "low", "next_expiry_at"):
            batch_op.drop_index(f"ix_inv_stock_{index}")
    with op.batch_alter_table("inv_stock") as batch_op:
        for name in NEW_LEVELS:
            batch_op.drop_constraint(op.f(f"ck_inv_stock_{name}"), type_="check")
        for column in (
            *("idle_since", "next_expiry_at", "corrections", "corrected", "over", "low", "tracked", "sellable"),
            *("shelf", "maximum", "minimum", "value_fen", "expired"),
        ):
            batch_op.drop_column(column)


def _shrink_reservations():
    with op.batch_alter_table("inv_reservation") as batch_op:
        batch_op.drop_constraint(op.f("ck_inv_reservation_returned_was_there"), type_="check")
        batch_op.drop_index("ix_inv_reservation_sku")
        batch_op.drop_index("ix_inv_reservation_expiry")
        for column in ("expires_at", "reason", "returned"):
            batch_op.drop_column(column)


def _shrink_ledger():
    """Kinds the old program does not know become receipts and deductions; two lines of a document keep apart."""
    ledger = sa.table("inv_ledger", *(sa.column(name) for name in ("reference", "kind", "line", "on_hand_delta")))
    foreign = ledger.c.kind.notin_(OLD_KINDS)
    apart = sa.func.substr(ledger.c.reference, 1, 44).concat("#").concat(ledger.c.kind).concat(ledger.c.line)
    op.execute(ledger.update().where(foreign).values(reference=apart))
    op.execute(ledger.update().where(foreign, ledger.c.on_hand_delta >= 0).values(kind="receive"))
    op.execute(ledger.update().where(foreign).values(kind="deduct"))
    # Several lines of an inbound document.
    op.execute(
        ledger.update()
        .where(ledger.c.line > 0, ledger.c.kind == "receive", ~ledger.c.reference.like("%#%"))
        .values(reference=apart)
    )
    with op.batch_alter_table("inv_ledger") as batch_op:
        _know_kinds(batch_op, OLD_KINDS)
        batch_op.drop_constraint("uq_inv_ledger_movement", type_="unique")
        batch_op.create_unique_constraint(op.f("uq_inv_ledger_reference_kind_sku_id_location_id"), list(OLD_LINES))
        batch_op.drop_index("ix_inv_ledger_operator")
        batch_op.drop_index("ix_inv_ledger_created_at")
        batch_op.drop_column("line")
        batch_op.drop_column("value_delta_fen")


def upgrade() -> None:
    op.create_table(
        "inv_batch",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column("batch_no", types.Code(40), nullable=False),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Integer(), nullable=True),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("expired", sa.Boolean(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_inv_batch_on_hand_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_batch")),
        sa.UniqueConstraint("sku_id", "location_id", "batch_no", name=op.f("uq_inv_batch_sku_id_location_id_batch_no")),
    )
    with op.batch_alter_table("inv_batch", schema=None) as batch_op:
        batch_op.create_index("ix_inv_batch_expiry", ["location_id", "expires_on", "id"], unique=False)

    op.create_table(
        "inv_batch_entry",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("batch_id", types.BigId, nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receive",
                "reserve",
                "release",
                "deduct",
                "issue",
                "adjust",
                "count",
                "transfer_out",
                "transfer_in",
                "write_off",
                "return",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("on_hand_after", sa.Integer(), nullable=False),
        sa.Column("reference", types.Code(64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_batch_entry")),
    )
    with op.batch_alter_table("inv_batch_entry", schema=None) as batch_op:
        batch_op.create_index("ix_inv_batch_entry_batch", ["batch_id", "id"], unique=False)
        batch_op.create_index("ix_inv_batch_entry_reference", ["reference", "sku_id"], unique=False)

    op.create_table(
        "inv_count",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("no", types.Code(32), nullable=False),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "posted", "cancelled", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("operator", types.Code(40), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_by", types.Code(40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_count")),
        sa.UniqueConstraint("no", name=op.f("uq_inv_count_no")),
    )
    with op.batch_alter_table("inv_count", schema=None) as batch_op:
        batch_op.create_index("ix_inv_count_state", ["state", "id"], unique=False)

    op.create_table(
        "inv_document",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("no", types.Code(32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "inbound",
                "outbound",
                "adjust",
                "transfer",
                "write_off",
                "return",
                "count",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column("to_location_id", types.BigId, nullable=True),
        sa.Column("reference", types.Code(64), nullable=False),
        sa.Column("source", types.Code(64), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("operator", types.Code(40), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_document")),
        sa.UniqueConstraint("no", name=op.f("uq_inv_document_no")),
        sa.UniqueConstraint("reference", name=op.f("uq_inv_document_reference")),
    )
    with op.batch_alter_table("inv_document", schema=None) as batch_op:
        batch_op.create_index("ix_inv_document_kind", ["kind", "id"], unique=False)
        batch_op.create_index("ix_inv_document_operator", ["operator", "id"], unique=False)
        batch_op.create_index("ix_inv_document_source", ["source", "id"], unique=False)

    op.create_table(
        "inv_location",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("code", types.Code(32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sellable", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("priority >= 0", name=op.f("ck_inv_location_priority_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_location")),
        sa.UniqueConstraint("code", name=op.f("uq_inv_location_code")),
    )
    op.bulk_insert(
        sa.table(
            "inv_location",
            *(sa.column(name) for name in ("id", "code", "name", "sellable", "priority", "version")),
        ),
        [
            {"id": 1, "code": "MAIN", "name": "默认仓 Main", "sellable": True, "priority": 0, "version": 1},
            {"id": 2, "code": "DAMAGED", "name": "残次品 Damaged", "sellable": False, "priority": 0, "version": 1},
        ],
    )
    op.create_table(
        "inv_count_line",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("count_id", types.BigId, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("batch_id", types.BigId, nullable=True),
        sa.Column("book", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("book_at_count", sa.Integer(), nullable=True),
        sa.Column("corrected_at_count", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", types.UtcDateTime(), nullable=True),
        sa.Column("counted_by", types.Code(40), nullable=True),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_inv_count_line_counted_not_negative")),
        sa.ForeignKeyConstraint(["count_id"], ["inv_count.id"], name=op.f("fk_inv_count_line_count_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_count_line")),
        sa.UniqueConstraint("count_id", "line", name=op.f("uq_inv_count_line_count_id_line")),
    )
    op.create_table(
        "inv_document_line",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("document_id", types.BigId, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("location_id", types.BigId, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("batch_no", types.Code(40), nullable=True),
        sa.Column("cost_fen", types.BigId, nullable=True),
        sa.Column("value_fen", types.BigId, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["inv_document.id"], name=op.f("fk_inv_document_line_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inv_document_line")),
        sa.UniqueConstraint("document_id", "line", name=op.f("uq_inv_document_line_document_id_line")),
    )
    with op.batch_alter_table("inv_item") as batch_op:
        batch_op.add_column(sa.Column("tracked", sa.Boolean(), nullable=False, server_default=sa.false()))
    _rebuild_ledger()
    _rebuild_reservations()
    _rebuild_stock()


def downgrade() -> None:
    _shrink_stock()
    _shrink_reservations()
    _shrink_ledger()
    with op.batch_alter_table("inv_item") as batch_op:
        batch_op.drop_column("tracked")

    op.drop_table("inv_document_line")
    op.drop_table("inv_count_line")
    op.drop_table("inv_location")
    op.drop_table("inv_document")
    op.drop_table("inv_count")
    op.drop_table("inv_batch_entry")
    op.drop_table("inv_batch")
