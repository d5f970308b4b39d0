"""Two OpenAPI documents and three viewers, from this machine alone, or none at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conf.settings import HttpSettings
from tests.fakes.probe import make_probed_app
from tests.support.client import IsolatedClient
from tests.support.shape import untrue
from tests.support.testapp import test_settings

VIEWERS = ("swagger-ui", "redoc", "rapidoc")
ADDRESSES = (*(f"/{viewer}" for viewer in VIEWERS), "/openapi/members.json", "/openapi/staff.json")


@pytest.fixture(scope="module")
def closed() -> FlaskClient:
    """A shop that does not show its documentation."""
    settings = test_settings(database_url="sqlite://", http=HttpSettings(docs_exposed="false", rate_limits=False))
    return make_probed_app(settings).test_client()


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (operation for method, operation in item.items() if method != "parameters")


@pytest.mark.parametrize(("name", "prefix"), [("members", "/api/v1/"), ("staff", "/admin/v1/")])
def test_document_describes_its_own_side_only(client: FlaskClient, name: str, prefix: str) -> None:
    answer = client.get(f"/openapi/{name}.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json is not None
    assert answer.json["openapi"] == "3.0.3"
    assert len(answer.json["paths"]) > 5
    assert [path for path in answer.json["paths"] if not path.startswith(prefix)] == []


@pytest.mark.parametrize("name", ["members", "staff"])
def test_operation_ids_are_unique_in_a_document(client: FlaskClient, name: str) -> None:
    document = client.get(f"/openapi/{name}.json").json
    assert document is not None
    counts = Counter(operation["operationId"] for operation in operations(document))
    assert [operation_id for operation_id, count in counts.items() if count > 1] == []


def test_operation_documents_its_guard_its_errors_and_its_key(client: FlaskClient) -> None:
    document = client.get("/openapi/staff.json").json
    assert document is not None
    operation = document["paths"]["/admin/v1/stock/receipts"]["post"]
    assert operation["operationId"] == "receiveStock"
    assert operation["security"] == [{"password": []}, {"bearer": []}]
    assert operation["x-permissions"] == ["inventory:receive"]
    expected = {"204", "400", "401", "403", "404", "409", "413", "415", "422", "503", "default"}
    assert set(operation["responses"]) == expected
    assert operation["description"].endswith("`inventory:receive` (入库 · Receive stock)")
    (key,) = [parameter for parameter in operation["parameters"] if parameter["in"] == "header"]
    assert (key["name"], key["required"]) == ("Idempotency-Key", True)


def test_error_of_every_operation_has_our_shape(client: FlaskClient) -> None:
    document = client.get("/openapi/members.json").json
    assert document is not None
    assert set(document["components"]["schemas"]["Error"]["properties"]) == {"code", "message", "errors", "request_id"}
    for operation in operations(document):
        errors = [response for status, response in operation["responses"].items() if status[0] in "45"]
        assert errors
        for error in errors:
            assert error["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


def test_public_operation_says_why_it_is_public(client: FlaskClient) -> None:
    document = client.get("/openapi/members.json").json
    assert document is not None
    open_ones = [operation for operation in operations(document) if operation["security"] == []]
    assert open_ones
    assert all(operation["x-public"] for operation in open_ones)


def test_error_is_shown_with_its_code_and_both_messages(client: FlaskClient) -> None:
    document = client.get("/openapi/members.json").json
    assert document is not None
    response = document["paths"]["/api/v1/orders"]["post"]["responses"]["409"]
    assert {"order.price_moved", "inventory.out_of_stock", "kit.idempotency_in_flight"} <= set(response["x-codes"])
    assert "- `order.price_moved` 商品价格已变动，请重新确认 · The amount has changed" in response["description"]
    shown = response["content"]["application/json"]["examples"]["order.price_moved"]["value"]
    assert (shown["code"], shown["message"]) == ("order.price_moved", "商品价格已变动，请重新确认")


@pytest.mark.parametrize("left_out", ["the status", "the code"])
def test_an_answer_that_is_not_documented_fails_the_test_that_meets_it(app: Flask, left_out: str) -> None:
    app.test_client_class = IsolatedClient
    client = app.test_client()
    assert client.get("/api/v1/cart").status_code == 401
    honest = app.extensions["tests_documented"]
    spoilt = deepcopy(honest)
    responses = spoilt["/api/v1/cart"]["get"]["responses"]
    _ = responses.pop("401") if left_out == "the status" else responses["401"]["x-codes"].remove("auth.token_missing")
    app.extensions["tests_documented"] = spoilt
    try:
        with pytest.raises(AssertionError, match="is not documented"):
            client.get("/api/v1/cart")
    finally:
        app.extensions["tests_documented"] = honest


def test_an_answer_of_another_shape_than_its_document_fails_the_test_that_meets_it(app: Flask) -> None:
    app.test_client_class = IsolatedClient
    client = app.test_client()
    assert client.get("/api/v1/products").status_code == 200
    honest = app.extensions["tests_documented"]
    spoilt = deepcopy(honest)
    said = spoilt["/api/v1/products"]["get"]["responses"]["200"]["content"]["application/json"]
    said["schema"] = {"type": "object", "properties": {"items": {"type": "array"}, "next_cursor": {"type": "string"}}}
    app.extensions["tests_documented"] = spoilt
    try:
        with pytest.raises(AssertionError, match=r"GET /api/v1/products: \['.next_cursor is null'\]"):
            client.get("/api/v1/products")
    finally:
        app.extensions["tests_documented"] = honest


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ({"id": "1", "at": None, "rows": [{"n": 1}]}, []),
        ({"id": None}, [".id is null"]),
        ({"id": 1}, [".id is no string"]),
        ({"colour": "red"}, [".colour is not named"]),
        ({"rows": [{"n": 1}, {"n": "1"}]}, [".rows[].n is no integer"]),
    ],
)
def test_what_does_not_fit_a_shape_is_named(value: dict[str, Any], faults: list[str]) -> None:
    row = {"type": "object", "properties": {"n": {"type": "integer"}}}
    shape = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "at": {"type": "string", "nullable": True},
            "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
        },
    }
    assert untrue(value, shape, {"components": {"schemas": {"Row": row}}}) == faults


@pytest.mark.parametrize("name", ["members", "staff"])
def test_ids_are_documented_as_strings(client: FlaskClient, name: str) -> None:
    document = client.get(f"/openapi/{name}.json").json
    assert document is not None
    schemas = document["components"]["schemas"]
    wrong = [
        f"{schema}.{field}"
        for schema, definition in schemas.items()
        for field, shape in definition.get("properties", {}).items()
        if (field == "id" or field.endswith("_id")) and shape.get("type") not in ("string", None)
    ]
    assert wrong == []


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("document", ["members", "staff"])
def test_viewer_shows_a_document_with_local_files_only(client: FlaskClient, viewer: str, document: str) -> None:
    page = client.get(f"/{viewer}?document={document}")
    assert page.status_code == 200
    assert f"/openapi/{document}.json" in page.text
    assert re.findall(r"(?:src|href|url)=[\"']https?://", page.text) == []
    assets = re.findall(r"/docs-assets/[\w\-./]+", page.text)
    assert assets
    for asset in set(assets):
        answer = client.get(asset)
        assert answer.status_code == 200, asset
        assert len(answer.data) > 10_000
        answer.close()


def test_viewer_without_a_choice_shows_the_document_of_members(client: FlaskClient) -> None:
    assert "/openapi/members.json" in client.get("/swagger-ui").text


@pytest.mark.parametrize(
    "path",
    [
        "/openapi/owners.json",
        "/openapi/../staff.json",
        "/swagger-ui?document=owners",
        "/docs-assets/swagger-ui/index.html",
        "/docs-assets/swagger-ui/..%2f__init__.py",
        "/docs-assets/redoc/swagger-ui.css",
    ],
)
def test_what_does_not_exist_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [*ADDRESSES, "/docs-assets/swagger-ui/swagger-ui.css"])
def test_closed_documentation_is_404_in_our_shape(closed: FlaskClient, path: str) -> None:
    answer = closed.get(path)
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "kit.not_found"


@pytest.mark.parametrize("path", ["/", "/health/live", "/api/v1/categories"])
def test_shop_itself_is_open_when_its_documentation_is_closed(closed: FlaskClient, path: str) -> None:
    assert closed.get(path).status_code != 404
