"""Authorize in Swagger UI: the OAuth 2.0 password grant, with the checks of the login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.user.domain.session import LoginSession
from conf.settings import HttpSettings
from kit.api.throttle import limiter
from kit.db.extension import db
from tests.factories.user import PASSWORD, make_staff
from tests.support.testapp import make_app, test_settings

TOKEN = "/admin/v1/auth/token"


def ask(client: FlaskClient, headers: dict[str, str] | None = None, /, **over: Any) -> Any:
    form = {"grant_type": "password", "username": "boss", "password": PASSWORD} | over
    sent = {name: value for name, value in form.items() if value is not None}
    return client.post(TOKEN, data=sent, headers=headers)


def sessions() -> int:
    db.session.rollback()
    return db.session.query(LoginSession).count()


def test_the_right_password_opens_a_session_like_any_other(client: FlaskClient) -> None:
    make_staff("all", username="boss")

    answer = ask(client)
    token = answer.get_json()
    bearer = {"Authorization": f"Bearer {token['access_token']}"}

    assert answer.status_code == 200
    assert set(token) == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    assert (token["token_type"], token["expires_in"], token["refresh_expires_in"]) == ("Bearer", 900, 12 * 3600)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/admin/v1/orders", headers=bearer).status_code == 200
    assert client.get("/api/v1/me", headers=bearer).status_code == 401
    assert client.post("/admin/v1/auth/refresh", json={"refresh_token": token["refresh_token"]}).status_code == 200


def test_what_swagger_ui_sends_beside_it_is_ignored(client: FlaskClient) -> None:
    make_staff("all", username="boss")
    assert ask(client, scope="", client_id="", client_secret="").status_code == 200


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"password": "wrong password"}, 401, "user.login_refused"),
        ({"username": "nobody"}, 401, "user.login_refused"),
        ({"username": "老板老板"}, 422, "user.username_invalid"),
        ({"username": "x" * 33}, 422, "kit.invalid"),
        ({"password": "pass\u0000word"}, 422, "kit.invalid"),
        ({"password": None}, 422, "kit.invalid"),
        ({"grant_type": "client_credentials"}, 422, "kit.invalid"),
        ({"grant_type": None}, 422, "kit.invalid"),
    ],
)
def test_a_refused_grant_opens_no_session(client: FlaskClient, over: dict[str, Any], status: int, code: str) -> None:
    make_staff("all", username="boss")
    before = sessions()

    answer = ask(client, **over)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert sessions() == before


@pytest.mark.parametrize(
    ("over", "language", "error", "description"),
    [
        ({"password": "wrong password"}, "zh", "invalid_grant", "用户名或密码错误"),
        ({"password": "wrong password"}, "en", "invalid_grant", "Wrong username or password"),
        ({"password": None}, "zh", "invalid_request", "提交的内容有误 · password: 缺少，必须填写"),
        ({"grant_type": "refresh_token"}, "en", "unsupported_grant_type", "grant_type: Must be password."),
    ],
)
def test_a_refusal_is_one_of_oauth_too(
    client: FlaskClient, over: dict[str, Any], language: str, error: str, description: str
) -> None:
    make_staff("all", username="boss")
    said = ask(client, {"Accept-Language": language}, **over).get_json()
    assert list(said) == ["code", "message", "errors", "request_id", "error", "error_description"]
    assert said["error"] == error
    assert description in said["error_description"]
    assert said["error_description"].startswith(said["message"])


def test_a_body_of_json_is_no_grant(client: FlaskClient) -> None:
    make_staff("all", username="boss")
    answer = client.post(TOKEN, json={"grant_type": "password", "username": "boss", "password": PASSWORD})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.invalid")


def test_wrong_passwords_here_and_at_the_login_lock_the_username_together(client: FlaskClient) -> None:
    make_staff("all", username="boss")
    wrong = {"username": "boss", "password": "wrong password"}
    for _ in range(5):
        assert ask(client, password="wrong password").status_code == 401
        assert client.post("/admin/v1/auth/login", json=wrong).status_code == 401

    answer = ask(client)

    said = answer.get_json()
    assert (answer.status_code, said["code"], said["error"]) == (429, "user.locked_out", "temporarily_unavailable")


@pytest.fixture
def throttled(database: Any) -> Iterator[FlaskClient]:
    """The shop with its throttle on; the limiter is one for all applications, so it is put back."""
    before = dict(vars(limiter))
    app = make_app(test_settings(database_url=database.url, http=HttpSettings(rate_limits=True)))
    yield app.test_client()
    vars(limiter).clear()
    vars(limiter).update(before)


@pytest.mark.usefixtures("app")
def test_one_address_has_ten_tries_a_minute_for_both_together(throttled: FlaskClient) -> None:
    login = {"username": "老板", "password": "wrong password"}
    answers = []
    for _ in range(6):
        answers.append(ask(throttled, username="老板"))
        answers.append(throttled.post("/admin/v1/auth/login", json=login))

    assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2
    assert {answer.get_json()["code"] for answer in answers[10:]} == {"kit.too_many_requests"}
    assert [answer.get_json().get("error") for answer in answers[10:]] == ["temporarily_unavailable", None]
