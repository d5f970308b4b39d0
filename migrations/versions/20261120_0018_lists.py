"""lists: a listing knows all facets of its product, staff find products in every state, dead stock has an index

A listing written by a process of the version before, while this one is rolled out, has all bits: it is looked up more
often than need be, and hidden from nobody.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-20 13:10:00.000000
"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from kit.db import types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ASKED = ("kind", "facet_id", "in_stock")
_LISTING = {
    "ix_cat_listing_newest": [*_ASKED, "product_id", "min_price_fen"],
    "ix_cat_listing_weight": [*_ASKED, "sort_weight", "product_id", "min_price_fen"],
    "ix_cat_listing_price": [*_ASKED, "min_price_fen", "product_id"],
    "ix_cat_listing_sales": [*_ASKED, "sales", "product_id", "min_price_fen"],
}
_UNREAD = {
    "ix_cat_product_weight": ["status", "sort_weight", "id"],
    "ix_cat_product_sales": ["status", "sales", "id"],
}
_ALL_BITS = str((1 << 61) - 1)
# The bit of a facet is 1 << id % 61; a product's are its category's, those above it, its brand's and its tags'.
_TAGS = "SELECT SUM(DISTINCT 1 << (t.tag_id % 61)) FROM cat_product_tag t WHERE t.product_id = p.id"
_SINGLE = ("p.category_id", "c.parent_id", "d.parent_id", "p.brand_id")
_BITS = " | ".join(
    [f"COALESCE(CAST(({_TAGS}) AS SIGNED), 0)", *(f"COALESCE(1 << ({facet} % 61), 0)" for facet in _SINGLE)]
)
_FILL = (
    f"UPDATE cat_listing SET facet_bits = (SELECT {_BITS} FROM cat_product p "  # noqa: S608
    "JOIN cat_category c ON c.id = p.category_id LEFT JOIN cat_category d ON d.id = c.parent_id "
    "WHERE p.id = cat_listing.product_id) WHERE product_id IN (SELECT id FROM cat_product)"
)
# Staff find products in every state: as if each root had just been renamed, chunk by chunk, while the shop is open.
_ROOTS = sa.text("""
    INSERT INTO kit_outbox
        (id, event_id, kind, name, event_version, payload, aggregate_id, occurred_at, actor, attempt, due_at)
    VALUES (:id, :id, 'event', 'catalog.category_changed', 1, :payload, :root, :now, 'system:migration', 0, :now)
""").bindparams(sa.bindparam("payload", type_=sa.JSON()), sa.bindparam("now", type_=types.UtcDateTime()))


def upgrade() -> None:
    op.add_column("cat_listing", sa.Column("facet_bits", types.BigId, nullable=False, server_default=_ALL_BITS))
    op.execute(_FILL if op.get_bind().dialect.name != "sqlite" else _FILL.replace("AS SIGNED", "AS INTEGER"))
    _index_listing("facet_bits")
    for name in _UNREAD:
        op.drop_index(name, "cat_product")
    op.create_index("ix_inv_stock_idle", "inv_stock", ["location_id", "idle_since", "sku_id"])
    _index_everything()


def _index_listing(*more: str) -> None:
    """Lists name their index (FORCE INDEX): MySQL refuses them while it is away, so it is exchanged in one statement."""
    indexes = {name: [*columns, *more] for name, columns in _LISTING.items()}
    if op.get_bind().dialect.name == "sqlite":
        for name, columns in indexes.items():
            op.drop_index(name, "cat_listing")
            op.create_index(name, "cat_listing", columns)
    else:
        exchanges = [f"DROP INDEX {name}, ADD INDEX {name} ({', '.join(wanted)})" for name, wanted in indexes.items()]
        op.execute(f"ALTER TABLE cat_listing {', '.join(exchanges)}")


def _index_everything() -> None:
    connection = op.get_bind()
    now = datetime.now(UTC)
    for root in connection.execute(sa.text("SELECT id FROM cat_category WHERE parent_id IS NULL")).scalars().all():
        connection.execute(
            _ROOTS, {"id": secrets.randbits(62), "root": root, "payload": {"category_id": root}, "now": now}
        )


def downgrade() -> None:
    on_sale = "product_id IN (SELECT id FROM cat_product WHERE status = 'on_sale')"
    op.execute(f"DELETE FROM cat_search_posting WHERE term LIKE '@%' OR NOT {on_sale}")  # noqa: S608
    op.execute(f"DELETE FROM cat_search_document WHERE NOT {on_sale}")  # noqa: S608
    op.drop_index("ix_inv_stock_idle", "inv_stock")
    for name, columns in _UNREAD.items():
        op.create_index(name, "cat_product", columns)
    _index_listing()
    with op.batch_alter_table("cat_listing") as batch:
        batch.drop_column("facet_bits")
