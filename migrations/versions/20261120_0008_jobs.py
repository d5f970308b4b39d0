"""jobs: reporting's jobs become a mechanism of the kit, whatever a job is about

Revision ID: 0008
Revises: 0006
Create Date: 2026-11-20 09:52:40.118265
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

_SHOP_ZONE = timezone(timedelta(hours=8))
_AT_ONCE = 500
_SAME = (
    "id",
    "owner",
    "percent",
    "runs",
    "run",
    "slot",
    "active",
    "due_at",
    "leased_until",
    "created_at",
    "started_at",
    "finished_at",
    "version",
)
_STATES = ("queued", "running", "done", "failed")
_FAILURES = (
    "too_many_rows",
    "too_long",
    "interrupted",
    "internal",
    "mail_refused",
    "mail_unreachable",
    "mail_unknown",
)


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _times() -> list[sa.Column]:
    return [sa.Column(name, types.UtcDateTime(), nullable=True) for name in ("started_at", "finished_at")]


# Plain types: what the database keeps, without the checks of the models of a later day.
_JOB = sa.table(
    "kit_job",
    sa.column("id", types.BigId),
    sa.column("kind", sa.String),
    sa.column("owner", sa.String),
    sa.column("parameters", sa.JSON),
    sa.column("confidential", sa.JSON(none_as_null=True)),
    sa.column("state", sa.String),
    sa.column("percent", sa.Integer),
    sa.column("checkpoint", sa.JSON(none_as_null=True)),
    sa.column("result", sa.JSON(none_as_null=True)),
    sa.column("files", sa.JSON),
    sa.column("runs", sa.Integer),
    sa.column("run", sa.String),
    sa.column("slot", sa.Integer),
    sa.column("active", sa.String),
    sa.column("due_at", types.UtcDateTime),
    sa.column("leased_until", types.UtcDateTime),
    sa.column("lost_as", sa.String),
    sa.column("failure", sa.String),
    sa.column("created_at", types.UtcDateTime),
    sa.column("started_at", types.UtcDateTime),
    sa.column("finished_at", types.UtcDateTime),
    sa.column("version", sa.Integer),
)
_REPORT = sa.table(
    "rpt_job",
    sa.column("id", types.BigId),
    sa.column("kind", sa.String),
    sa.column("format", sa.String),
    sa.column("owner", sa.String),
    sa.column("buyer_id", types.BigId),
    sa.column("email", sa.String),
    sa.column("status", sa.String),
    sa.column("placed_from", types.UtcDateTime),
    sa.column("placed_to", types.UtcDateTime),
    sa.column("state", sa.String),
    sa.column("percent", sa.Integer),
    sa.column("row_count", sa.Integer),
    sa.column("runs", sa.Integer),
    sa.column("run", sa.String),
    sa.column("slot", sa.Integer),
    sa.column("active", sa.String),
    sa.column("due_at", types.UtcDateTime),
    sa.column("leased_until", types.UtcDateTime),
    sa.column("mailing_at", types.UtcDateTime),
    sa.column("failure", sa.String),
    sa.column("file_key", sa.String),
    sa.column("created_at", types.UtcDateTime),
    sa.column("started_at", types.UtcDateTime),
    sa.column("finished_at", types.UtcDateTime),
    sa.column("version", sa.Integer),
)


def upgrade() -> None:
    op.create_table(
        "kit_job",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("kind", types.Code(40), nullable=False),
        sa.Column("owner", types.Code(40), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("confidential", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", _one_of(*_STATES, name="state"), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("checkpoint", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("run", types.Code(32), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("active", types.Code(80), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("lost_as", types.Code(40), nullable=True),
        sa.Column("failure", types.Code(40), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        *_times(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent >= 0 AND percent <= 100", name=op.f("ck_kit_job_percent_in_bounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_job")),
        sa.UniqueConstraint("active", name=op.f("uq_kit_job_active")),
        sa.UniqueConstraint("slot", name=op.f("uq_kit_job_slot")),
    )
    with op.batch_alter_table("kit_job", schema=None) as batch_op:
        batch_op.create_index("ix_kit_job_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_kit_job_due", ["due_at"], unique=False)
        batch_op.create_index("ix_kit_job_kind", ["kind", "id"], unique=False)
        batch_op.create_index("ix_kit_job_kind_owner", ["kind", "owner", "id"], unique=False)
    _copy(_REPORT, _JOB, _job_of_report)
    op.drop_table("rpt_job")


def downgrade() -> None:
    """Jobs of other kinds than reports have no place in the old table and are lost; so is what they had stored."""
    op.create_table(
        "rpt_job",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("kind", _one_of("orders", "my_orders", name="kind"), nullable=False),
        sa.Column("format", types.Code(8), nullable=False),
        sa.Column("owner", types.Code(40), nullable=False),
        sa.Column("buyer_id", types.BigId, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("status", types.Code(24), nullable=True),
        sa.Column("placed_from", types.UtcDateTime(), nullable=True),
        sa.Column("placed_to", types.UtcDateTime(), nullable=True),
        sa.Column("state", _one_of(*_STATES, name="state"), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("run", types.Code(32), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("active", types.Code(40), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("leased_until", types.UtcDateTime(), nullable=True),
        sa.Column("mailing_at", types.UtcDateTime(), nullable=True),
        sa.Column("failure", _one_of(*_FAILURES, name="failure"), nullable=True),
        sa.Column("file_key", types.Code(64), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        *_times(),
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
    _copy(_JOB, _REPORT, _report_of_job)
    op.drop_table("kit_job")


def _copy(source, target, convert) -> None:
    connection = op.get_bind()
    for rows in _chunks(connection, source):
        converted = [made for made in map(convert, rows) if made is not None]
        if converted:
            connection.execute(sa.insert(target), converted)


def _chunks(connection, table) -> Iterator[list]:
    last = 0
    while True:
        query = sa.select(*table.columns).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
        rows = connection.execute(query).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _job_of_report(row) -> dict:
    moments = {name: moment and moment.isoformat() for name, moment in _period(row).items()}
    wanted = {"format": row.format, "buyer_id": row.buyer_id, "status": row.status, **moments}
    return {
        **{name: getattr(row, name) for name in _SAME},
        "kind": f"reporting.{row.kind}",
        "active": row.active and f"reporting.{row.kind}/{row.active}",
        "parameters": wanted,
        "confidential": row.email and {"email": row.email},
        "state": row.state,
        "checkpoint": None,
        "result": None if row.row_count is None else {"rows": row.row_count},
        "files": {"orders": {"key": row.file_key, "filename": _filename(row)}} if row.file_key else {},
        "lost_as": "mail_unknown" if row.mailing_at else None,
        "failure": row.failure,
    }


def _period(row) -> dict:
    return {"placed_from": row.placed_from, "placed_to": row.placed_to}


def _filename(row) -> str:
    days = [f"{moment.astimezone(_SHOP_ZONE):%Y%m%d}" for moment in _period(row).values() if moment]
    return "-".join(["订单", *days]) + f".{row.format}"


def _report_of_job(row) -> dict | None:
    if not row.kind.startswith("reporting."):
        return None
    wanted = row.parameters
    return {
        **{name: getattr(row, name) for name in _SAME},
        "kind": row.kind.removeprefix("reporting."),
        "active": row.active and row.active.partition("/")[2],
        "format": wanted["format"],
        "buyer_id": wanted["buyer_id"],
        "status": wanted["status"],
        **{name: wanted[name] and _moment(wanted[name]) for name in ("placed_from", "placed_to")},
        "email": row.confidential and row.confidential["email"],
        "state": row.state,
        "row_count": row.result and row.result["rows"],
        "mailing_at": row.started_at if row.lost_as else None,
        "failure": row.failure if row.failure in _FAILURES else row.failure and "internal",
        "file_key": row.files["orders"]["key"] if row.files else None,
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
