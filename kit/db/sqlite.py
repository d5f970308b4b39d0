"""SQLite as a real server would behave: WAL, foreign keys, and writers that wait instead of failing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

WRITES = {"sqlite_begin": "IMMEDIATE"}
"""Execution option of a transaction that will write: it takes the write lock at BEGIN.

A deferred transaction that reads first and writes later cannot be upgraded once somebody else wrote:
SQLite answers "database is locked" at once, whatever the busy timeout (331 of 400 in our trial; immediate: 0).
"""


def file_from_here(url: str) -> str:
    """`url` with a relative file counted from the working directory, as STORAGE_FOLDER is.

    Flask-SQLAlchemy would put it below Flask's instance folder, and make that one even where nothing may be written.
    """
    address = make_url(url)
    name = address.database
    if address.get_backend_name() != "sqlite" or name in (None, "", ":memory:") or "uri" in address.query:
        return url
    return address.set(database=str(Path(name).absolute())).render_as_string(hide_password=False)


def listen_to_sqlite(engine: Engine) -> None:
    """Set the pragmas and take over BEGIN. Does nothing on other databases."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "do_connect", _make_folder)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def writes_take_a_lock_at_begin(session: Session) -> bool:
    """True on SQLite: a transaction that has only read cannot go on to write, and has to begin anew with `WRITES`."""
    return session.get_bind().dialect.name == "sqlite"


def _make_folder(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    # Where it cannot be made SQLite says so itself: "unable to open database file".
    with suppress(OSError):
        Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)


def _on_connect(dbapi_connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN would come too late and be deferred.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
