"""The migrations lead to the models and back, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect

from kit.db.extension import db, engine_options
from kit.domain.entity import Entity
from task.readiness import database_problems
from tests.support.databases import Database


def tables(url: str) -> set[str]:
    engine = create_engine(url, **engine_options(url))
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_upgrading_makes_every_table_and_downgrading_removes_them(fresh_app: Flask, empty: Database) -> None:
    upgrade()
    assert tables(empty.url) == set(Entity.metadata.tables)
    downgrade(revision="base")
    assert tables(empty.url) == set()


def test_after_upgrading_the_models_have_nothing_to_add(fresh_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Entity.metadata) == []


def test_an_old_schema_is_named_as_a_reason_not_to_start(fresh_app: Flask) -> None:
    (sentence,) = database_problems(fresh_app)
    assert "flask db upgrade" in sentence
    upgrade()
    assert database_problems(fresh_app) == []
