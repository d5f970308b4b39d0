"""The OpenAPI documents tell the truth: what an operation takes, who may, and everything that can go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from backend.app import create_app
from backend.reading_order import STAFF
from kit.api.example import example_of, fields_without_example
from kit.api.pages import DOCUMENTS_KEY
from kit.schema.base import InputSchema, OutputSchema
from kit.security.guard import Guard, guard_of
from tests.support.testapp import test_settings

METHODS = {"get", "post", "put", "patch", "delete"}
TAG = re.compile(r"[\u4e00-\u9fff]+ [A-Z][A-Za-z ]+")


@pytest.fixture(scope="module")
def assembled() -> Flask:
    """The application, connected to nothing."""
    return create_app(test_settings(database_url="sqlite://"))


@pytest.fixture(scope="module")
def documents(assembled: Flask) -> dict[str, dict[str, Any]]:
    """Both OpenAPI documents."""
    return {name: api.spec.to_dict() for name, api in assembled.extensions[DOCUMENTS_KEY].items()}


def test_choices_are_strings_and_filters_are_never_null(documents: dict[str, dict[str, Any]]) -> None:
    for said in documents.values():
        shapes = [shape for schema in said["components"]["schemas"].values() for shape in _fields(schema)]
        for path in said["paths"].values():
            for method in METHODS & path.keys():
                assert "`" not in path[method]["summary"]
                filters = [parameter["schema"] for parameter in path[method].get("parameters", [])]
                assert [each for each in filters if each.get("nullable") or None in each.get("enum", ())] == []
                shapes += filters
        choices = [shape for shape in shapes if "enum" in shape]
        assert choices != []
        assert [shape for shape in choices if shape.get("type") != "string"] == []


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return list(schema.get("properties", {}).values())


class Operation:
    """One operation of a document, with the view behind it."""

    def __init__(self, method: str, path: str, said: dict[str, Any], view: Callable[..., Any]) -> None:
        self.method, self.path, self.said, self.view = method, path, said, view

    @property
    def guard(self) -> Guard:
        guard = guard_of(self.view)
        assert guard is not None
        return guard

    @property
    def statuses(self) -> set[int]:
        return {int(status) for status in self.said["responses"] if status.isdigit()}

    @property
    def locations(self) -> set[str]:
        """Where its schemas are read from."""
        return set(getattr(self.view, "__inputs__", {}))

    @property
    def schemas(self) -> list[type[Schema] | Schema]:
        """Everything it takes and gives."""
        answers = self.view._apidoc["response"]["responses"].values()  # type: ignore[attr-defined]  # smorest keeps its notes on the function
        given = [answer["schema"] for many in answers for answer in many if "schema" in answer]
        return [*getattr(self.view, "__inputs__", {}).values(), *given]

    def headers(self, status: str) -> set[str]:
        return set(self.said["responses"][status].get("headers", {}))

    def flag(self, name: str) -> bool:
        return bool(getattr(self.view, name, False))


def operations(app: Flask, document: dict[str, Any]) -> Iterator[Operation]:
    """Every operation of `document`."""
    views = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield Operation(method, path, item[method], views[method, path])


def faults(operation: Operation) -> list[str]:
    """What its description leaves out or makes up."""
    return [f"{operation.method} {operation.path}: {fault}" for rule in RULES for fault in rule(operation)]


def _words(operation: Operation) -> Iterator[str]:
    said = operation.said
    if not said.get("summary") or len(said["summary"]) > 120:
        yield "summary missing or longer than 120"
    if not said.get("description"):
        yield "description missing"
    yield from (f"tag {tag!r} is not like 订单 Orders" for tag in said["tags"] if not TAG.fullmatch(tag))
    missing = [str(one) for one in operation.guard.permissions if f"`{one}`" not in said.get("description", "")]
    yield from (f"permission {one} not in the description" for one in missing)


def _statuses(operation: Operation) -> Iterator[str]:
    guard = operation.guard
    has_key, has_input = operation.flag("__idempotent__"), bool(operation.locations)
    own = {code for error in getattr(operation.view, "__raises__", ()) for code in [error.kind.value]}
    expected = {
        401: guard.kind is not None or "unauthenticated" in own,
        403: bool(guard.permissions) or "forbidden" in own,
        404: "{" in operation.path or "not_found" in own,
        422: has_input or has_key or "invalid" in own,
        429: operation.flag("__throttled__") or "limited" in own,
        503: True,
        304: operation.flag("__revalidated__"),
        400: "json" in operation.locations,
        415: "json" in operation.locations,
        413: has_key or bool(operation.locations & {"json", "form", "files"}),
    }
    for status, wanted in expected.items():
        if wanted is not (status in operation.statuses):
            yield f"{status} {'missing' if wanted else 'can never happen'}"
    if has_key and "kit.idempotency_in_flight" not in operation.said["responses"].get("409", {}).get("x-codes", []):
        yield "409 in flight missing"


def _errors(operation: Operation) -> Iterator[str]:
    for status in operation.statuses:
        if status < 400:
            continue
        response = operation.said["responses"][str(status)]
        content = response["content"]["application/json"]
        if content["schema"] != {"$ref": "#/components/schemas/Error"}:
            yield f"{status} has another shape"
        if not response.get("x-codes") or list(content["examples"]) != response["x-codes"]:
            yield f"{status} names no codes, or not each with an example"


def _headers(operation: Operation) -> Iterator[str]:
    success = min(operation.said["responses"])
    if operation.flag("__replays__") is not ("Idempotency-Replayed" in operation.headers(success)):
        yield "Idempotency-Replayed"
    if operation.flag("__revalidated__") is not ("ETag" in operation.headers(success)):
        yield "ETag"
    names = {parameter["name"] for parameter in operation.said.get("parameters", []) if parameter["in"] == "header"}
    if operation.flag("__idempotent__") is not ("Idempotency-Key" in names):
        yield "Idempotency-Key"
    if operation.flag("__revalidated__") is not ("If-None-Match" in names):
        yield "If-None-Match"


def _examples(operation: Operation) -> Iterator[str]:
    yield from (f"no example for {field}" for schema in operation.schemas for field in fields_without_example(schema))
    asked = operation.said.get("requestBody", {}).get("content", {})
    # A file is chosen, not typed.
    bodies = [body for kind, body in asked.items() if kind != "multipart/form-data"]
    success = operation.said["responses"][min(operation.said["responses"])]
    bodies += success.get("content", {}).values()
    yield from ("a body without an example" for body in bodies if not {"example", "examples"} & body.keys())


def _parameters(operation: Operation) -> Iterator[str]:
    for parameter in operation.said.get("parameters", []):
        # Swagger UI would send it: a list filtered by somebody's example is empty.
        if not parameter.get("required") and "example" in parameter.get("schema", {}):
            yield f"optional parameter {parameter['name']} would be sent as its example"


RULES = (_words, _statuses, _errors, _headers, _examples, _parameters)


@pytest.mark.parametrize("name", ["members", "staff"])
def test_every_operation_is_documented_as_it_is(
    assembled: Flask, documents: dict[str, dict[str, Any]], name: str
) -> None:
    found = list(operations(assembled, documents[name]))
    assert len(found) > 20
    assert [fault for operation in found for fault in faults(operation)] == []


@pytest.mark.parametrize("name", ["members", "staff"])
def test_every_example_of_an_input_is_accepted_by_its_schema(
    assembled: Flask, documents: dict[str, dict[str, Any]], name: str
) -> None:
    inputs = {
        schema
        for operation in operations(assembled, documents[name])
        for location, schema in getattr(operation.view, "__inputs__", {}).items()
        if location != "query"
    }
    assert len(inputs) >= 5
    assert {schema.__name__: schema().validate(example_of(schema)) for schema in inputs} == {
        schema.__name__: {} for schema in inputs
    }


@pytest.mark.parametrize("name", ["members", "staff"])
def test_tags_are_described_once(documents: dict[str, dict[str, Any]], name: str) -> None:
    tags = [tag["name"] for tag in documents[name]["tags"]]
    assert len(tags) == len(set(tags))
    assert all(tag["description"] for tag in documents[name]["tags"])


def _spoil(said: dict[str, Any], how: str) -> None:
    responses = said["responses"]
    spoilers: dict[str, Callable[[], object]] = {
        "summary missing or longer than 120": lambda: said.pop("summary"),
        "permission inventory:receive not in the description": lambda: said.update(description="Books."),
        "tag 'inventory' is not like 订单 Orders": lambda: said.update(tags=["inventory"]),
        "422 missing": lambda: responses.pop("422"),
        "403 missing": lambda: responses.pop("403"),
        "409 in flight missing": lambda: responses["409"]["x-codes"].remove("kit.idempotency_in_flight"),
        "429 can never happen": lambda: responses.update({"429": responses["403"]}),
        "304 can never happen": lambda: responses.update({"304": {"description": "x"}}),
        "Idempotency-Replayed": lambda: responses["204"].pop("headers"),
        "optional parameter x would be sent as its example": lambda: said["parameters"].append(
            {"in": "query", "name": "x", "schema": {"type": "string", "example": "y"}}
        ),
        "a body without an example": lambda: said["requestBody"]["content"]["application/json"].pop("example"),
    }
    spoilers[how]()


@pytest.mark.parametrize(
    "how",
    [
        "summary missing or longer than 120",
        "permission inventory:receive not in the description",
        "tag 'inventory' is not like 订单 Orders",
        "422 missing",
        "403 missing",
        "409 in flight missing",
        "429 can never happen",
        "304 can never happen",
        "Idempotency-Replayed",
        "a body without an example",
        "optional parameter x would be sent as its example",
    ],
)
def test_an_untrue_description_is_noticed(assembled: Flask, documents: dict[str, dict[str, Any]], how: str) -> None:
    (honest,) = [one for one in operations(assembled, documents["staff"]) if one.path == "/admin/v1/stock/receipts"]
    assert faults(honest) == []
    spoilt = Operation(honest.method, honest.path, deepcopy(honest.said), honest.view)
    _spoil(spoilt.said, how)
    assert any(fault.endswith(how) for fault in faults(spoilt)), faults(spoilt)


def test_a_field_without_an_example_is_noticed() -> None:
    class Inner(OutputSchema):
        silent = fields.String()
        shown = fields.String(metadata={"example": "x"})

    class Outer(InputSchema):
        inner = fields.List(fields.Nested(Inner))
        count = fields.Integer(load_default=3)

    assert fields_without_example(Outer) == ["Inner.silent"]
    assert example_of(Outer) == {"inner": [{"silent": None, "shown": "x"}], "count": 3}


def test_a_tree_ends_where_it_begins_again() -> None:
    class Node(OutputSchema):
        name = fields.String(metadata={"example": "root"})
        children = fields.List(fields.Nested(lambda: Node()))  # noqa: PLW0108 - the class does not exist yet

    assert example_of(Node) == {"name": "root", "children": []}
    assert fields_without_example(Node) == []


def test_the_staffs_document_is_read_from_the_login_on(documents: dict[str, dict[str, Any]]) -> None:
    """Every tag has its place, and no place is kept for a tag that has gone."""
    assert [tag["name"] for tag in documents["staff"]["tags"]] == list(STAFF)


def test_several_values_of_a_filter_are_shown_as_one_writes_them(documents: dict[str, dict[str, Any]]) -> None:
    (movements,) = [
        parameter["description"]
        for parameter in documents["staff"]["paths"]["/admin/v1/stock/movements"]["get"]["parameters"]
        if parameter["name"] == "sku_id"
    ]
    assert movements == "Up to 100 SKUs: repeat the parameter, for example `41503612345679872`"
