"""catalog model: brands, tags, spec templates, price history, home page; more about products and SKUs

Columns keep their server default, so that a process of the version before can still write while this one is rolled out.
On SQLite nothing may be rebuilt by batch: other tables point at these.

Revision ID: 0007
Revises: 0003
Create Date: 2026-11-20 09:50:47.350699
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from kit.db import types
from kit.domain.identity import IdGenerator

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

_PRODUCT_INDEXES = {
    "ix_cat_product_weight": ["status", "sort_weight", "id"],
    "ix_cat_product_price": ["status", "min_price_fen", "id"],
    "ix_cat_product_sales": ["status", "sales", "id"],
    "ix_cat_product_brand_shelf": ["brand_id", "status", "id"],
    "ix_cat_product_due_at": ["due_at"],
}
_PRODUCT_COLUMNS = (
    "brand_id", "detail", "video", "origin", "freight_class", "sort_weight", "in_stock", "sales", "on_sale_at",
    "off_sale_at", "due_at",
)  # fmt: skip
_SKU_CHECKS = {
    "cost_fen": ("cost_not_negative", "cost_fen >= 0"),
    "weight_g": ("weight_not_negative", "weight_g >= 0"),
    "order_limit": ("order_limit_positive", "order_limit > 0"),
}


def upgrade() -> None:
    _make_tables()
    _extend_products()
    _extend_skus()
    op.add_column("cat_category", sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.text("1")))
    _make_brands()
    op.execute(
        "UPDATE cat_product SET in_stock = 1 WHERE EXISTS (SELECT 1 FROM cat_sku WHERE cat_sku.product_id = "
        "cat_product.id AND cat_sku.archived_at IS NULL AND cat_sku.in_stock = 1)"
    )


def downgrade() -> None:
    if not _is_sqlite():
        op.drop_constraint(op.f("fk_cat_product_brand_id"), "cat_product", type_="foreignkey")
        op.drop_constraint(op.f("ck_cat_product_sales_not_negative"), "cat_product", type_="check")
        for name, _ in _SKU_CHECKS.values():
            op.drop_constraint(op.f(f"ck_cat_sku_{name}"), "cat_sku", type_="check")
    op.drop_index("uq_cat_sku_bar_code", "cat_sku")
    for column in ("bar_code", *_SKU_CHECKS):
        op.drop_column("cat_sku", column)
    for name in _PRODUCT_INDEXES:
        op.drop_index(name, "cat_product")
    for column in _PRODUCT_COLUMNS:
        op.drop_column("cat_product", column)
    op.drop_column("cat_category", "shown")
    for table in (
        "cat_home_slot", "cat_spec_template", "cat_price_change", "cat_product_tag", "cat_tag", "cat_brand"
    ):  # fmt: skip
        op.drop_table(table)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _extend_products() -> None:
    if _is_sqlite():
        # Constraints come with their column there or not at all.
        op.execute(
            "ALTER TABLE cat_product ADD COLUMN brand_id INTEGER CONSTRAINT fk_cat_product_brand_id "
            "REFERENCES cat_brand (id)"
        )
        op.execute(
            "ALTER TABLE cat_product ADD COLUMN sales INTEGER NOT NULL DEFAULT 0 "
            "CONSTRAINT ck_cat_product_sales_not_negative CHECK (sales >= 0)"
        )
    else:
        op.add_column("cat_product", sa.Column("brand_id", types.BigId, nullable=True))
        op.create_foreign_key(op.f("fk_cat_product_brand_id"), "cat_product", "cat_brand", ["brand_id"], ["id"])
        op.add_column("cat_product", sa.Column("sales", types.Tally, nullable=False, server_default="0"))
        op.create_check_constraint(op.f("ck_cat_product_sales_not_negative"), "cat_product", "sales >= 0")
    # MySQL takes a default of a long text as an expression only.
    nothing = sa.text("''") if _is_sqlite() else sa.text("('')")
    zero = sa.text("0")
    for column in (
        sa.Column("detail", types.LongText, nullable=False, server_default=nothing),
        sa.Column("video", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("origin", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("freight_class", types.Code(30), nullable=False, server_default=""),
        sa.Column("sort_weight", sa.Integer(), nullable=False, server_default=zero),
        sa.Column("in_stock", sa.Boolean(), nullable=False, server_default=zero),
        sa.Column("on_sale_at", types.UtcDateTime(), nullable=True),
        sa.Column("off_sale_at", types.UtcDateTime(), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
    ):
        op.add_column("cat_product", column)
    for name, columns in _PRODUCT_INDEXES.items():
        op.create_index(name, "cat_product", columns)


def _extend_skus() -> None:
    op.add_column("cat_sku", sa.Column("bar_code", types.Code(32), nullable=True))
    op.create_index("uq_cat_sku_bar_code", "cat_sku", ["bar_code"], unique=True)
    for column, (name, condition) in _SKU_CHECKS.items():
        if _is_sqlite():
            op.execute(
                f"ALTER TABLE cat_sku ADD COLUMN {column} INTEGER CONSTRAINT ck_cat_sku_{name} CHECK ({condition})"
            )
        else:
            kind = types.Fen if column == "cost_fen" else sa.Integer()
            op.add_column("cat_sku", sa.Column(column, kind, nullable=True))
            op.create_check_constraint(op.f(f"ck_cat_sku_{name}"), "cat_sku", condition)


def _make_brands() -> None:
    """Every brand that products name; spellings that differ in upper and lower case are one brand."""
    bind = op.get_bind()
    product = sa.table("cat_product", sa.column("id"), sa.column("brand"), sa.column("brand_id"))
    brand = sa.table(
        "cat_brand", *(sa.column(name) for name in ("id", "name", "live_key", "logo", "description", "sort_order")),
        sa.column("version"),
    )  # fmt: skip
    ids = IdGenerator(0)  # nothing else makes ids of this table yet
    brands: dict[str, dict[str, object]] = {}
    named: list[dict[str, object]] = []
    for row in bind.execute(sa.select(product.c.id, product.c.brand).where(product.c.brand != "").order_by("id")):
        key = hashlib.sha256(row.brand.strip().casefold().encode()).hexdigest()
        fresh = {"name": row.brand.strip(), "live_key": key, "logo": "", "description": "", "sort_order": 0}
        known = brands.get(key) or brands.setdefault(key, fresh | {"id": ids.next(), "version": 1})
        named.append({"product": row.id, "new_brand": known["id"], "new_name": known["name"]})
    if not brands:
        return
    op.bulk_insert(brand, list(brands.values()))
    statement = product.update().where(product.c.id == sa.bindparam("product"))
    bind.execute(statement.values(brand_id=sa.bindparam("new_brand"), brand=sa.bindparam("new_name")), named)


def _make_tables() -> None:
    op.create_table(
        "cat_brand",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("live_key", types.Code(64), nullable=True),
        sa.Column("logo", sa.String(length=500), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("archived_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_brand")),
        sa.UniqueConstraint("live_key", name=op.f("uq_cat_brand_live_key")),
    )
    op.create_table(
        "cat_tag",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("name_key", types.Code(64), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_tag")),
        sa.UniqueConstraint("name_key", name=op.f("uq_cat_tag_name_key")),
    )
    op.create_table(
        "cat_product_tag",
        sa.Column("product_id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("tag_id", types.BigId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["cat_product.id"], name=op.f("fk_cat_product_tag_product_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["cat_tag.id"], name=op.f("fk_cat_product_tag_tag_id")),
        sa.PrimaryKeyConstraint("product_id", "tag_id", name=op.f("pk_cat_product_tag")),
    )
    op.create_index("ix_cat_product_tag_tag_id", "cat_product_tag", ["tag_id", "product_id"])
    op.create_table(
        "cat_spec_template",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("category_id", types.BigId, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("name_key", types.Code(64), nullable=False),
        sa.Column("specs", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["cat_category.id"], name=op.f("fk_cat_spec_template_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_spec_template")),
        sa.UniqueConstraint("category_id", "name_key", name=op.f("uq_cat_spec_template_category_id_name_key")),
    )
    op.create_table(
        "cat_price_change",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column("product_id", types.BigId, nullable=False),
        sa.Column("sku_id", types.BigId, nullable=False),
        sa.Column("old_price_fen", types.Fen, nullable=False),
        sa.Column("new_price_fen", types.Fen, nullable=False),
        sa.Column("old_list_price_fen", types.Fen, nullable=True),
        sa.Column("new_list_price_fen", types.Fen, nullable=True),
        sa.Column("actor", types.Code(40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["cat_product.id"], name=op.f("fk_cat_price_change_product_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["cat_sku.id"], name=op.f("fk_cat_price_change_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_price_change")),
    )
    op.create_index("ix_cat_price_change_product_id", "cat_price_change", ["product_id", "id"])
    op.create_index("ix_cat_price_change_sku_id", "cat_price_change", ["sku_id", "id"])
    _make_home_slots()


def _make_home_slots() -> None:
    op.create_table(
        "cat_home_slot",
        sa.Column("id", types.BigId, autoincrement=False, nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "banners",
                "categories",
                "hot",
                "newest",
                "recommended",
                name="section",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("image", sa.String(length=500), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "none",
                "product",
                "category",
                "page",
                name="target",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("target_id", types.BigId, nullable=True),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("shown_from", types.UtcDateTime(), nullable=True),
        sa.Column("shown_until", types.UtcDateTime(), nullable=True),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cat_home_slot")),
    )
    op.create_index("ix_cat_home_slot_section", "cat_home_slot", ["section", "position", "id"])
    op.create_index("ix_cat_home_slot_due_at", "cat_home_slot", ["due_at"])
