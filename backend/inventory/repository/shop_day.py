"""The shop's calendar day of a UTC column, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class shop_day(FunctionElement[str]):  # noqa: N801 - reads as the SQL function it is
    """``2026-11-20``. Shanghai keeps UTC+8 all the year."""

    type = String()
    inherit_cache = True


@compiles(shop_day, "mysql")
@compiles(shop_day, "mariadb")
def _on_mysql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(DATE(DATE_ADD({compiler.process(element.clauses, **options)}, INTERVAL 8 HOUR)) AS CHAR)"


@compiles(shop_day, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"
