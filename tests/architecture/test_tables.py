"""Tables: exact money, named constraints, and no ties between contexts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql

from kit.db.types import Code, UtcDateTime
from kit.domain.entity import NAMING_CONVENTION, Entity
from tests.architecture.sources import context_of, import_everything

import_everything()
TABLES = list(Entity.metadata.sorted_tables)
MAPPERS = [mapper for mapper in Entity.registry.mappers if mapper.class_.__module__.split(".")[0] in ("backend", "kit")]
MONEY = {
    "price",
    "amount",
    "fee",
    "freight",
    "payable",
    "paid",
    "refund",
    "refunded",
    "cost",
    "balance",
    "total",
    "goods",
}
# Numbers that count things other than money.
NOT_MONEY = {"refund_id"}
LONGEST_NAME = 64  # of any identifier in MySQL


def inexact(table: Table) -> list[str]:
    """Columns of binary or decimal fractions: money is fen, stock is units."""
    return [str(column) for column in table.columns if isinstance(column.type, Float | Double | Numeric)]


def bad_money(table: Table) -> list[str]:
    """Amounts whose name does not end in _fen, and _fen columns that are not BIGINT."""
    found = []
    for column in table.columns:
        compiled = column.type.compile(mysql.dialect())
        named_fen = column.name.endswith("_fen")
        if named_fen and compiled != "BIGINT":
            found.append(f"{column} is {compiled}")
        if not named_fen and _speaks_of_money(column):
            found.append(f"{column} does not end in _fen")
    return found


def _speaks_of_money(column: Column[object]) -> bool:
    number = isinstance(column.type, Integer | BigInteger)
    return number and column.name not in NOT_MONEY and not MONEY.isdisjoint(column.name.split("_"))


def nameless_constraints(table: Table) -> list[str]:
    """Constraints and indexes a migration could not drop by name, on some database."""
    named = [*table.constraints, *table.indexes]
    return [
        f"{table.name}: {type(item).__name__} {item.name}"
        for item in named
        if not isinstance(item.name, str) or len(item.name) > LONGEST_NAME
    ]


def foreign_ties(table: Table) -> list[str]:
    """Foreign keys to a table with another prefix."""
    prefix = table.name.split("_")[0]
    return [
        f"{key.parent} → {key.target_fullname}"
        for key in table.foreign_keys
        if key.target_fullname.split(".")[0].split("_")[0] != prefix
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_table_has_no_inexact_column(table: Table) -> None:
    assert inexact(table) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_money_is_named_fen_and_stored_as_bigint(table: Table) -> None:
    assert bad_money(table) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_constraint_and_index_is_named(table: Table) -> None:
    assert nameless_constraints(table) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_foreign_keys_stay_inside_a_context(table: Table) -> None:
    assert foreign_ties(table) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_times_are_utc_with_milliseconds(table: Table) -> None:
    assert [str(column) for column in table.columns if isinstance(column.type, DateTime)] == []
    times = [column for column in table.columns if isinstance(column.type, UtcDateTime)]
    assert {column.type.dialect_impl(mysql.dialect()).compile(mysql.dialect()) for column in times} <= {"DATETIME(3)"}


def test_relationships_stay_inside_a_context() -> None:
    ties = [
        str(tie)
        for mapper in MAPPERS
        for tie in mapper.relationships
        if context_of(tie.mapper.class_.__module__) != context_of(mapper.class_.__module__)
    ]
    assert ties == []


def test_every_context_has_one_table_prefix_of_its_own() -> None:
    pairs = sorted(
        {(mapper.local_table.name.split("_")[0], context_of(mapper.class_.__module__)) for mapper in MAPPERS}
    )
    prefixes = [prefix for prefix, _ in pairs]
    contexts = sorted(context for _, context in pairs)
    assert [one for one, other in pairwise(prefixes) if one == other] == []
    assert [one for one, other in pairwise(contexts) if one == other] == []


def test_constraint_names_are_unique_in_the_whole_database() -> None:
    """SQLite keeps one namespace for indexes; MySQL one for foreign keys and CHECKs."""
    names = [item.name for table in TABLES for item in (*table.constraints, *table.indexes)]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_openids_and_order_numbers_are_compared_byte_by_byte() -> None:
    wanted = {"openid", "out_trade_no", "out_refund_no", "transaction_id"}
    binary = Code(1).dialect_impl(mysql.dialect()).compile(mysql.dialect()).partition(" ")[2]
    loose = [
        str(column)
        for table in TABLES
        for column in table.columns
        if column.name in wanted and not column.type.compile(mysql.dialect()).endswith(binary)
    ]
    assert binary == "CHARACTER SET ascii COLLATE ascii_bin"
    assert loose == []


def _bad_table() -> Table:
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    Table("usr_customer", metadata, Column("id", BigInteger, primary_key=True))
    return Table(
        "ord_bad",
        metadata,
        Column("id", BigInteger, primary_key=True),
        Column("customer_id", BigInteger, ForeignKey("usr_customer.id")),
        Column("price", Integer),
        Column("goods_fen", Integer),
        Column("weight", Float),
        Column("rate", Numeric(10, 2)),
        Column("amount_text", String(20)),
    )


def test_inexact_columns_are_noticed() -> None:
    assert inexact(_bad_table()) == ["ord_bad.weight", "ord_bad.rate"]


def test_bad_money_columns_are_noticed() -> None:
    assert bad_money(_bad_table()) == ["ord_bad.price does not end in _fen", "ord_bad.goods_fen is INTEGER"]


def test_foreign_key_into_another_context_is_noticed() -> None:
    assert foreign_ties(_bad_table()) == ["ord_bad.customer_id → usr_customer.id"]


def test_nameless_constraint_is_noticed() -> None:
    table = Table(
        "ord_bad", MetaData(), Column("a", Integer), UniqueConstraint("a"), CheckConstraint("a > 0", name="ok")
    )
    assert sorted(nameless_constraints(table)) == [
        "ord_bad: PrimaryKeyConstraint None",
        "ord_bad: UniqueConstraint None",
    ]
