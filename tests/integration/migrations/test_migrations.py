"""The migrations lead to the models and back, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

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


def test_staff_of_before_stay_and_suggested_rules_are_switched_off(fresh_app: Flask) -> None:
    upgrade(revision="0003")
    hired = "INSERT INTO usr_staff (id, username, name, password_hash, status, created_at, version) "
    with db.engine.connect() as connection, connection.begin():
        connection.execute(text(hired + "VALUES (7, 'chen', '陈', '-', 'active', '2026-11-20 00:00:00', 1)"))
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT username, email FROM usr_staff")).all() == [("chen", None)]
        rules = connection.execute(text("SELECT enabled, action FROM apr_rule ORDER BY id")).all()
        assert [bool(rule.enabled) for rule in rules] == [False] * 4
        assert connection.scalar(text("SELECT COUNT(*) FROM apr_rule_step")) == 0
    downgrade(revision="0003")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT username FROM usr_staff")) == "chen"
