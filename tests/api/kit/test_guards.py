"""Doors open for the right people with a token of ours, and for nobody else."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import backend.app
from backend.app import create_app
from backend.inventory.permission import InventoryPermission
from kit.context.module import Module
from kit.security.guard import UnguardedRoute, public, requires
from kit.security.subject import SubjectKind
from kit.security.token import ACCESS_LIFETIME, Claims, issue_access_token, new_refresh_token, refresh_token_hash
from tests.fakes.probe import ProbePermission
from tests.fakes.subjects import FakeSubjects
from tests.support.testapp import JWT_SECRET, test_settings

BUYER, OWN, STOCK = "/probe/buyer", "/admin/v1/probe/own", "/admin/v1/stock"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def refused(answer: TestResponse, status: int, code: str) -> None:
    """It was, in our shape."""
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["request_id"]


def token_of(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


def forged(*, key: str = JWT_SECRET, algorithm: str | None = "HS256", **over: Any) -> dict[str, str]:
    """Headers with a token like ours, except for `over`; None leaves a claim out."""
    claims = {
        "sub": "42",
        "kind": "member",
        "sid": "1",
        "iss": "qiyuan",
        "type": "access",
        "fresh": False,
        "jti": "1",
        "iat": NOON,
        "nbf": NOON,
        "exp": NOON + timedelta(minutes=15),
        "csrf": "x",
    } | over
    claims = {name: value for name, value in claims.items() if value is not None}
    return {"Authorization": f"Bearer {jwt.encode(claims, key, algorithm=algorithm)}"}


def test_customer_passes_a_door_for_customers(client: FlaskClient, subjects: FakeSubjects) -> None:
    assert client.get(BUYER, headers=subjects.member()).status_code == 200


def test_staff_with_the_permission_passes(client: FlaskClient, subjects: FakeSubjects) -> None:
    assert client.get(STOCK, headers=subjects.staff(InventoryPermission.READ)).status_code == 200


def test_any_staff_passes_a_door_to_their_own_things(client: FlaskClient, subjects: FakeSubjects) -> None:
    assert client.get(OWN, headers=subjects.staff()).status_code == 204


def test_public_door_needs_no_token_and_ignores_a_bad_one(client: FlaskClient) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/live", headers={"Authorization": "Bearer junk"}).status_code == 200


@pytest.mark.parametrize("path", [BUYER, OWN, STOCK])
def test_without_a_token_every_door_is_shut(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    refused(answer, 401, "auth.token_missing")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Basic", "Token", "JWT", "bearer-of"])
def test_other_scheme_is_no_token(client: FlaskClient, subjects: FakeSubjects, scheme: str) -> None:
    token = token_of(subjects.member())
    refused(client.get(BUYER, headers={"Authorization": f"{scheme} {token}"}), 401, "auth.token_missing")


@pytest.mark.parametrize("place", ["query", "cookie"])
def test_token_anywhere_but_in_the_header_is_no_token(client: FlaskClient, subjects: FakeSubjects, place: str) -> None:
    token = token_of(subjects.member())
    if place == "cookie":
        client.set_cookie("access_token_cookie", token)
        answer = client.get(BUYER)
    else:
        answer = client.get(f"{BUYER}?jwt={token}")
    refused(answer, 401, "auth.token_missing")


def test_token_lives_a_quarter_of_an_hour(client: FlaskClient, subjects: FakeSubjects) -> None:
    assert timedelta(minutes=15) == ACCESS_LIFETIME
    with time_machine.travel(NOON, tick=False) as clock:
        headers = subjects.member()
        clock.shift(timedelta(minutes=14, seconds=59))
        assert client.get(BUYER, headers=headers).status_code == 200
        clock.shift(timedelta(seconds=1))
        refused(client.get(BUYER, headers=headers), 401, "auth.token_expired")


@pytest.mark.parametrize("junk", ["junk", "a.b.c", "..", "eyJhbGciOiJIUzI1NiJ9.e30.", "x" * 5000])
def test_junk_is_no_token_of_ours(client: FlaskClient, subjects: FakeSubjects, junk: str) -> None:
    refused(client.get(BUYER, headers={"Authorization": f"Bearer {junk}"}), 401, "auth.token_invalid")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_tampered_token_is_refused(client: FlaskClient, subjects: FakeSubjects, part: int) -> None:
    parts = token_of(subjects.member()).split(".")
    middle = len(parts[part]) // 2
    swapped = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + swapped + parts[part][middle + 1 :]
    refused(client.get(BUYER, headers={"Authorization": f"Bearer {'.'.join(parts)}"}), 401, "auth.token_invalid")


def test_customer_cannot_promote_themselves_to_staff(client: FlaskClient, subjects: FakeSubjects) -> None:
    subjects.staff(InventoryPermission.READ, staff_id=42)
    head, claims, signature = token_of(subjects.member(42)).split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) | {"kind": "staff"}
    claims = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    headers = {"Authorization": f"Bearer {head}.{claims}.{signature}"}
    refused(client.get(STOCK, headers=headers), 401, "auth.token_invalid")


@time_machine.travel(NOON, tick=False)
def test_token_that_is_like_ours_in_everything_passes(client: FlaskClient, subjects: FakeSubjects) -> None:
    subjects.member(42)
    assert client.get(BUYER, headers=forged()).status_code == 200


@pytest.mark.parametrize(
    "over",
    [
        {"algorithm": None, "key": ""},
        {"algorithm": "HS512"},
        {"key": "another-secret-of-more-than-32-bytes-length"},
        {"iss": "somebody else"},
        {"iss": None},
        {"type": "refresh"},
        {"kind": "owner"},
        {"kind": None},
        {"sid": None},
        {"sid": "one"},
        {"sub": "forty-two"},
        {"sub": None},
        {"nbf": NOON + timedelta(minutes=5)},
        {"exp": "soon"},
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@time_machine.travel(NOON, tick=False)
def test_token_that_differs_from_ours_is_refused(
    client: FlaskClient, subjects: FakeSubjects, over: dict[str, Any]
) -> None:
    subjects.member(42)
    refused(client.get(BUYER, headers=forged(**over)), 401, "auth.token_invalid")


def test_member_token_opens_no_staff_door(client: FlaskClient, subjects: FakeSubjects) -> None:
    headers = subjects.member(42)
    subjects.staff(InventoryPermission.READ, staff_id=42)
    for path in (OWN, STOCK):
        refused(client.get(path, headers=headers), 401, "auth.token_invalid")


def test_staff_token_opens_no_member_door(client: FlaskClient, subjects: FakeSubjects) -> None:
    headers = subjects.staff(InventoryPermission.READ, staff_id=42)
    subjects.member(42)
    refused(client.get(BUYER, headers=headers), 401, "auth.token_invalid")


def test_ended_session_shuts_the_door_at_once(client: FlaskClient, subjects: FakeSubjects) -> None:
    headers = subjects.member()
    assert client.get(BUYER, headers=headers).status_code == 200
    subjects.end_all_sessions()
    refused(client.get(BUYER, headers=headers), 401, "auth.token_invalid")


def test_token_of_another_session_is_refused(client: FlaskClient, subjects: FakeSubjects) -> None:
    subjects.member(42)
    other = issue_access_token(Claims(SubjectKind.MEMBER, 42, session_id=2))
    refused(client.get(BUYER, headers={"Authorization": f"Bearer {other}"}), 401, "auth.token_invalid")


def test_missing_permission_is_403_and_named(client: FlaskClient, subjects: FakeSubjects) -> None:
    answer = client.get(STOCK, headers=subjects.staff(ProbePermission.USE))
    refused(answer, 403, "auth.permission_missing")
    assert answer.json is not None
    assert answer.json["message"] == "没有权限：inventory:read"


def test_permission_is_checked_before_the_body_is_read(client: FlaskClient, subjects: FakeSubjects) -> None:
    answer = client.post("/admin/v1/stock/receipts", data=b"{", headers=subjects.staff())
    refused(answer, 403, "auth.permission_missing")


def test_access_token_names_session_and_kind_and_nothing_personal(subjects: FakeSubjects) -> None:
    claims = jwt.decode(token_of(subjects.member(42)), JWT_SECRET, algorithms=["HS256"], issuer="qiyuan")
    assert (claims["sub"], claims["kind"], claims["sid"], claims["type"]) == ("42", "member", "1", "access")
    assert set(claims) <= {"sub", "kind", "sid", "type", "iss", "iat", "nbf", "exp", "jti", "fresh", "csrf"}


def test_refresh_tokens_are_long_random_and_kept_as_hashes() -> None:
    one, other = new_refresh_token(), new_refresh_token()
    assert one != other
    assert len(one) == 43
    assert re_hex(refresh_token_hash(one))
    assert refresh_token_hash(one) != refresh_token_hash(other)


def re_hex(text: str) -> bool:
    """64 hexadecimal digits."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def with_module(monkeypatch: pytest.MonkeyPatch, blueprint: Blueprint) -> None:
    """One more context with this blueprint."""
    extra = Module(name="extra", wire=lambda *_: None, blueprints=(blueprint,))
    monkeypatch.setattr(backend.app, "MODULES", (*backend.app.MODULES, extra))


def test_application_with_a_naked_route_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/naked", "naked", lambda: "")
    with_module(monkeypatch, extra)
    with pytest.raises(UnguardedRoute, match=r"/naked \(extra\.naked\)$"):
        create_app(test_settings(database_url="sqlite://"))


def test_application_with_the_same_route_guarded_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/dressed", "dressed", public("a test")(lambda: ""))
    with_module(monkeypatch, extra)
    assert isinstance(create_app(test_settings(database_url="sqlite://")), Flask)


def test_guard_without_its_reason_or_permission_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        public(" ")
    with pytest.raises(ValueError, match="at least one permission"):
        requires()
