"""inventory: the movement log by kind and by location, read in order from an index

Both cost every movement a little; without them a rare kind, or a location with few movements, is looked for through
the whole log.

Revision ID: 0013
Revises: 0010
Create Date: 2026-11-20 11:32:00
"""

from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEXES = (("ix_inv_ledger_kind", ["kind", "id"]), ("ix_inv_ledger_location", ["location_id", "id"]))


def upgrade() -> None:
    for name, columns in _INDEXES:
        op.create_index(name, "inv_ledger", columns)


def downgrade() -> None:
    for name, _ in _INDEXES:
        op.drop_index(name, "inv_ledger")
