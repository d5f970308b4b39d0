"""What a query asks the database, and what is wrong with the plans of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from kit.db.extension import db

ROWS = 3000
FEW = 100


def flaws(query: Callable[[], Any]) -> list[str]:
    """Full scans of more than a few rows, and sorting of what was found."""
    asked = seen(query)
    assert asked
    # MariaDB walks an index in order even for three rows. MySQL takes any index that finds a few hundred and sorts
    # them; with thousands it walks in order too.
    sorts_from = 0 if db.engine.dialect.is_mariadb else 5 * FEW
    found = []
    for statement, parameters in asked:
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
        for row in plan.mappings():
            rows = int(row["rows"] or 0)
            found += [f"full scan of {row['table']}"] if row["type"] == "ALL" and rows > FEW else []
            found += [f"sorts {row['table']}"] if "filesort" in (row["Extra"] or "") and rows >= sorts_from else []
    return found


def seen(query: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The SELECTs of it, with their values."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        query()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return asked
