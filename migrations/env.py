"""Alembic's environment: runs the migrations on the application's database."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import BigInteger, String, Text

from kit.db.extension import db
from kit.db.types import UtcDateTime

config = context.config


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types by their names, so that a migration reads like the model."""
    if kind != "type":
        return False
    text: str | None = None
    if isinstance(item, UtcDateTime):
        text = "types.UtcDateTime()"
    elif isinstance(item, BigInteger) and "sqlite" in item._variant_mapping:
        text = "types.BigId"
    elif isinstance(item, Text) and "mysql" in item._variant_mapping:
        text = "types.LongText"
    elif isinstance(item, String) and "mysql" in item._variant_mapping:
        charset = getattr(item._variant_mapping["mysql"], "charset", "ascii")
        text = f"types.{'Code' if charset == 'ascii' else 'ExactText'}({item.length})"
    if text is None:
        return False
    autogen.imports.add("from kit.db import types")
    return text


def run_online() -> None:
    """Migrate over the application's own engine settings."""
    migrate = current_app.extensions["migrate"]
    # Commands that only read scripts (history, heads) come here too and need no connection.
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **{"render_item": render_item, "render_as_batch": True, "compare_type": True, **migrate.configure_args},
        )
        with context.begin_transaction():
            context.run_migrations()


def run_offline() -> None:
    """Print SQL instead of running it."""
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=db.metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
