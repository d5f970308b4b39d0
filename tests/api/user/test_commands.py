from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.user.domain.role import Role
from backend.user.domain.staff import Staff
from kit.db.extension import db
from tests.factories.user import make_role, staff_headers

PASSWORD = "correct horse battery"


def run(app: Flask, *arguments: str, typed: str = f"{PASSWORD}\n") -> Any:
    return app.test_cli_runner().invoke(args=["staff", *arguments], input=typed)


def log_in(client: FlaskClient, password: str = PASSWORD) -> int:
    body = {"username": "boss", "password": password}
    return client.post("/admin/v1/auth/login", json=body).status_code


def test_the_first_administrator_is_made_with_the_built_in_role(app: Flask, client: FlaskClient) -> None:
    result = run(app, "create", "Boss", "--name", "老板", "--password-stdin")

    assert (result.exit_code, result.output) == (0, "Created boss with the role administrator.\n")
    boss = db.session.scalars(select(Staff)).one()
    assert (boss.username, boss.name, [role.all_permissions for role in boss.roles]) == ("boss", "老板", [True])
    assert PASSWORD not in boss.password_hash
    assert log_in(client) == 200


def test_the_password_is_asked_for_twice(app: Flask, client: FlaskClient) -> None:
    result = run(app, "create", "boss", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert log_in(client) == 200


def test_another_role_can_be_named(app: Flask) -> None:
    make_role("user:read_staff", code="clerk")

    assert run(app, "create", "boss", "--role", "clerk", "--password-stdin").exit_code == 0

    assert [role.code for role in db.session.scalars(select(Staff)).one().roles] == ["clerk"]


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (("create", "boss"), PASSWORD, "This username is taken (user.username_taken)"),
        (("create", "other"), "short", "A password has 10 to 128 characters"),
        (("create", "other", "--role", "captain"), PASSWORD, "There is no such role"),
        (("create", "老板"), PASSWORD, "A username has 3 to 32"),
        (("password", "nobody"), PASSWORD, "There is no such member of staff"),
        (("password", "boss"), "short", "A password has 10 to 128 characters"),
    ],
)
def test_a_refusal_is_a_sentence_and_exit_code_1(
    app: Flask, arguments: tuple[str, ...], typed: str, sentence: str
) -> None:
    run(app, "create", "boss", "--password-stdin")

    result = run(app, *arguments, "--password-stdin", typed=f"{typed}\n")

    assert (result.exit_code, sentence in result.output) == (1, True), result.output
    assert [staff.username for staff in db.session.scalars(select(Staff))] == ["boss"]
    assert db.session.scalars(select(Role.code)).all() == ["administrator"]


def test_a_new_password_ends_all_sessions_and_a_lock_out(app: Flask, client: FlaskClient) -> None:
    run(app, "create", "boss", "--password-stdin")
    boss = db.session.scalars(select(Staff.id)).one()
    headers = staff_headers(app, boss)
    for _ in range(10):
        log_in(client, "wrong password")
    assert log_in(client) == 429

    result = run(app, "password", "boss", "--password-stdin", typed="another password\n")

    assert (result.exit_code, log_in(client, "another password")) == (0, 200)
    assert client.get("/admin/v1/me", headers=headers).status_code == 401
