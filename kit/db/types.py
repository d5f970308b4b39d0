"""Column types that mean the same on MySQL, MariaDB and SQLite."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

# SQLite only auto-compares INTEGER columns fast; its BIGINT would also refuse to be a rowid.
BigId = BigInteger().with_variant(Integer, "sqlite")
Fen = BigInteger().with_variant(Integer, "sqlite")
# A counter that only grows.
Tally = BigInteger().with_variant(Integer, "sqlite")
# MySQL's TEXT ends at 65,535 bytes, which are 16,383 characters at worst.
LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def Code(length: int) -> TypeEngine[str]:
    """ASCII text compared byte by byte: openids, numbers, keys, hashes.

    The default collations of MySQL take ``oAbC`` and ``oabc`` for the same, and SQLite hides it in tests.
    """
    binary = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return String(length).with_variant(binary, "mysql", "mariadb")


def ExactText(length: int) -> TypeEngine[str]:
    """Text of any language compared byte by byte: ``a`` is neither ``A`` nor ``á``. Fold it before it gets here."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return String(length).with_variant(binary, "mysql", "mariadb")


def EnumText(enum: type[StrEnum], name: str) -> Enum:
    """A `StrEnum` as a short string with a CHECK named `name`."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, milliseconds in the database (a plain MariaDB DATETIME drops fractions)."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=3))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: times are aware UTC")
        utc = value.astimezone(UTC)
        return utc.replace(microsecond=utc.microsecond // 1000 * 1000, tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)
