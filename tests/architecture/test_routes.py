"""Every route declares who may, and has a name of its own in the documents."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from flask import Flask

from backend.app import create_app
from kit.api.pages import DOCUMENTS_KEY
from kit.security.guard import UnguardedRoute, check_all_routes_guarded, guard_of, public
from kit.security.subject import SubjectKind
from tests.support.testapp import test_settings

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def assembled() -> Flask:
    """The application, connected to nothing."""
    return create_app(test_settings(database_url="sqlite://"))


@pytest.fixture(scope="module")
def documents(assembled: Flask) -> dict[str, dict[str, Any]]:
    """Both OpenAPI documents."""
    with assembled.app_context():
        return {name: api.spec.to_dict() for name, api in assembled.extensions[DOCUMENTS_KEY].items()}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of a document."""
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def repeated_ids(document: dict[str, Any]) -> list[str]:
    """operationIds that stand for more than one operation."""
    counts = Counter(operation.get("operationId") for _, _, operation in operations(document))
    return [str(name) for name, count in counts.items() if count > 1 or name is None]


def test_every_route_declares_its_guard(assembled: Flask) -> None:
    check_all_routes_guarded(assembled)
    assert len(list(assembled.url_map.iter_rules())) > 50


def test_a_naked_route_is_noticed() -> None:
    naked = Flask("naked", static_folder=None)
    naked.add_url_rule("/open", "open", lambda: "")
    naked.add_url_rule("/fine", "fine", public("a test")(lambda: ""))
    with pytest.raises(UnguardedRoute, match=r"/open \(open\)$"):
        check_all_routes_guarded(naked)


@pytest.mark.parametrize(("prefix", "stranger"), [("/api/v1", SubjectKind.STAFF), ("/admin/v1", SubjectKind.MEMBER)])
def test_no_door_of_one_kind_opens_for_the_other(assembled: Flask, prefix: str, stranger: SubjectKind) -> None:
    guards = {rule.rule: guard_of(assembled.view_functions[rule.endpoint]) for rule in assembled.url_map.iter_rules()}
    wrong = [rule for rule, guard in guards.items() if rule.startswith(prefix) and guard and guard.kind is stranger]
    assert wrong == []


def test_addresses_outside_the_documents_are_few_and_known(assembled: Flask) -> None:
    others = {
        rule.rule for rule in assembled.url_map.iter_rules() if not rule.rule.startswith(("/api/v1/", "/admin/v1/"))
    }
    viewers = "<any('swagger-ui', redoc, rapidoc):viewer>"
    assert others == {
        "/",
        "/health",
        "/health/live",
        "/health/ready",
        "/callback/wechat/payment",
        "/callback/wechat/refund",
        "/downloads/<token>",
        "/media/<key>",
        "/media/<key>/<variant>",
        "/openapi/<name>.json",
        f"/{viewers}",
        f"/docs-assets/{viewers}/<name>",
    }


@pytest.mark.parametrize("name", ["members", "staff"])
def test_operation_ids_are_readable_and_unique(documents: dict[str, dict[str, Any]], name: str) -> None:
    document = documents[name]
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert repeated_ids(document) == []
    assert [operation_id for operation_id in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", operation_id)] == []
    assert len(ids) > 10


@pytest.mark.parametrize("name", ["members", "staff"])
def test_every_operation_says_what_it_does_and_who_may(documents: dict[str, dict[str, Any]], name: str) -> None:
    for method, path, operation in operations(documents[name]):
        where = f"{method} {path}"
        assert operation.get("summary"), where
        bearers = {"members": [{"bearer": []}], "staff": [{"password": []}, {"bearer": []}]}
        assert operation["security"] in ([], bearers[name]), where
        assert operation["security"] or operation["x-public"], where


def test_members_have_no_patch(documents: dict[str, dict[str, Any]]) -> None:
    """wx.request cannot send PATCH."""
    assert [path for method, path, _ in operations(documents["members"]) if method == "patch"] == []


def test_a_repeated_or_missing_operation_id_is_noticed() -> None:
    paths = {"/a": {"get": {"operationId": "list"}}, "/b": {"get": {"operationId": "list"}}, "/c": {"get": {}}}
    assert repeated_ids({"paths": paths}) == ["list", "None"]
