"""sweeps: what was told by when it ended; files of requests that wait already are in use

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-20 13:20:00
"""

import re
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from kit.domain.identity import EPOCH_MS, IdGenerator

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SWEPT = ("ntf_delivery", "ntf_notice")
_REFERENCE = re.compile(r"media:([0-9a-f]{32}\.[a-z0-9]{1,8})")
_request = sa.table("apr_request", sa.column("id"), sa.column("payload"), sa.column("state"))
_file = sa.table(
    "med_file", sa.column("id"), sa.column("key"), sa.column("state"), *map(sa.column, ("uses", "unused_since"))
)
_use = sa.table("med_use", sa.column("id"), sa.column("file_id"), sa.column("user"))


def upgrade() -> None:
    for table in _SWEPT:
        op.create_index(f"ix_{table}_finished", table, ["finished_at"])
    # The first milliseconds of the epoch: no process has ever made these ids.
    ids = IdGenerator(0, clock_ms=lambda: EPOCH_MS + 1)
    for request_id, keys in _mentioned():
        _hold(request_id, keys, ids)


def _mentioned() -> Iterator[tuple[int, list[str]]]:
    """Every waiting request with the uploaded files that it refers to, one after the other: payloads may be large."""
    waiting = sa.select(_request.c.id).where(_request.c.state == "pending").order_by(_request.c.id)
    for request_id in op.get_bind().execute(waiting).scalars().all():
        text = op.get_bind().scalar(sa.select(_request.c.payload).where(_request.c.id == request_id))
        keys = sorted(set(_REFERENCE.findall(text)))
        if keys:
            yield request_id, keys


def _hold(request_id: int, keys: list[str], ids: IdGenerator) -> None:
    bind, user = op.get_bind(), f"approval:{request_id}"
    there = (_file.c.key.in_(keys), _file.c.state == "ready")
    held = sa.select(_use.c.file_id).where(_use.c.user == user)
    files = set(bind.execute(sa.select(_file.c.id).where(*there)).scalars()) - set(bind.execute(held).scalars())
    if files:
        bind.execute(
            _file.update().where(_file.c.id.in_(sorted(files))).values(uses=_file.c.uses + 1, unused_since=None)
        )
        op.bulk_insert(_use, [{"id": ids.next(), "file_id": file_id, "user": user} for file_id in sorted(files)])


def downgrade() -> None:
    # Nobody would give them back: the program before this knows no such user.
    held = sa.select(_use.c.file_id, sa.func.count().label("times")).where(_use.c.user.like("approval:%"))
    for row in op.get_bind().execute(held.group_by(_use.c.file_id)).all():
        op.get_bind().execute(_file.update().where(_file.c.id == row.file_id).values(uses=_file.c.uses - row.times))
    op.get_bind().execute(_use.delete().where(_use.c.user.like("approval:%")))
    for table in _SWEPT:
        op.drop_index(f"ix_{table}_finished", table)
