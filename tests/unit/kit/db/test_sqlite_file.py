"""Where the file of a SQLite address is."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kit.db.extension import db, init_db


def test_a_relative_file_is_below_the_working_directory_and_its_folder_is_made_when_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = Flask("shop", root_path=str(tmp_path))

    init_db(app, "sqlite:///var/shop.db")

    assert list(tmp_path.iterdir()) == []
    with app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1
        db.engine.dispose()
    assert (tmp_path / "var" / "shop.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_a_folder_that_cannot_be_made_is_an_error_of_the_database() -> None:
    app = Flask("shop")
    init_db(app, "sqlite:////proc/no/shop.db")
    with app.app_context(), pytest.raises(OperationalError, match="unable to open database file"):
        db.session.execute(text("SELECT 1"))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_stays_one(url: str) -> None:
    app = Flask("shop")
    init_db(app, url)
    with app.app_context():
        assert db.engine.url.database in (None, ":memory:")
