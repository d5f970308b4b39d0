"""The number of SQL statements does not grow with the rows of a page (design section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from tests.factories.user import make_address, make_customer, make_role, make_staff, member_headers, staff_headers


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*execution: Any) -> None:
        statements.append(execution[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def selects(statements: list[str]) -> int:
    return len([one for one in statements if one.lstrip().upper().startswith("SELECT")])


# One statement asks who is there; the rest is the list itself.
LISTS = [("/admin/v1/customers", 2), ("/admin/v1/staff", 3), ("/admin/v1/roles", 3)]


@pytest.mark.parametrize("rows", [1, 5, 20])
@pytest.mark.parametrize(("path", "most"), LISTS)
def test_a_list_of_staff_costs_the_same_however_long(
    client: FlaskClient, app: Flask, path: str, most: int, rows: int
) -> None:
    headers = staff_headers(app)
    for _ in range(rows):
        make_customer()
        make_staff(["user:read_staff", "user:manage_staff"])
        make_role("user:read_staff")

    with counted() as statements:
        client.get(path, headers=headers)

    assert selects(statements) == most


@pytest.mark.parametrize("rows", [1, 5, 20])
def test_an_address_book_costs_two_statements(client: FlaskClient, app: Flask, rows: int) -> None:
    customer = make_customer()
    headers = member_headers(app, customer)
    for _ in range(rows):
        make_address(customer)

    with counted() as statements:
        client.get("/api/v1/addresses", headers=headers)

    assert selects(statements) == 2


def test_who_is_asking_costs_one_statement(client: FlaskClient, app: Flask) -> None:
    member, staff = member_headers(app, make_customer()), staff_headers(app, permissions=["user:read_staff"])

    counts = []
    for path, headers in (("/api/v1/addresses/1", member), ("/admin/v1/permissions", staff)):
        with counted() as statements:
            client.get(path, headers=headers)
        counts.append(selects(statements))

    assert counts == [2, 1]
