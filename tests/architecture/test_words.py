"""Nobody writes a sentence for people in one language: neither our schemas and errors nor the libraries' defaults."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from flask import Flask
from marshmallow import Schema, fields, validate

from backend.app import create_app
from kit.domain.words import Words
from tests.architecture.sources import Source, sources
from tests.support.testapp import test_settings

_SIMULATOR = "kit/wechat/simulator/"
# Validators with several messages have them here; `error`, if it is set, stands for them all.
_MESSAGES = ("message_min", "message_max", "message_all", "message_equal")


def bare(source: Source) -> list[str]:
    """Places where people are told a plain string: by `ValidationError`, a validator, or the `errors` of an error."""
    found = []
    for call in source.walk(ast.Call):
        said = call.args[:1] if isinstance(call.func, ast.Name) and call.func.id == "ValidationError" else []
        for keyword in call.keywords:
            if keyword.arg == "error" and _is_validator(call.func):
                said.append(keyword.value)
            if keyword.arg == "errors":
                said += [item for node in ast.walk(keyword.value) if isinstance(node, ast.List) for item in node.elts]
        found += [f"{source.name}:{call.lineno}" for text in said if _is_text(text)]
    return found


def _is_validator(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "validate"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def fields_of(schema: Schema) -> Iterator[fields.Field]:  # type: ignore[type-arg]  # whatever they hold
    """Every field, those inside lists and other schemas too."""
    waiting = list(schema.load_fields.values())
    while waiting:
        field = waiting.pop()
        yield field
        if isinstance(field, fields.List):
            waiting.append(field.inner)
        elif isinstance(field, fields.Nested):
            waiting += field.schema.load_fields.values()


def speechless(schema: Schema) -> list[str]:
    """Messages a client of `schema` could get in one language only."""
    found = [f"{type(schema).__name__}: {text}" for text in schema.error_messages.values() if _is_plain(text)]
    for field in fields_of(schema):
        found += [f"{field!r}: {text}" for text in field.error_messages.values() if _is_plain(text)]
        for validator in _validators(field.validators):
            own = getattr(validator, "error", None)
            messages = [own] if own else [getattr(validator, name, None) for name in _MESSAGES]
            found += [f"{validator!r}: {text}" for text in messages if _is_plain(text)]
    return found


def _validators(given: list[object]) -> Iterator[object]:
    for validator in given:
        yield validator
        if isinstance(validator, validate.And):
            yield from _validators(list(validator.validators))


def _is_plain(text: object) -> bool:
    return isinstance(text, str) and not isinstance(text, Words)


@pytest.fixture(scope="module")
def inputs() -> set[type[Schema]]:
    """Every schema a route reads."""
    app: Flask = create_app(test_settings(database_url="sqlite://"))
    return {schema for view in app.view_functions.values() for schema in getattr(view, "__inputs__", {}).values()}


def test_every_message_of_every_input_has_both_languages(inputs: set[type[Schema]]) -> None:
    assert len(inputs) > 80
    assert [fault for schema in inputs for fault in speechless(schema())] == []


def test_nothing_is_said_as_a_plain_string() -> None:
    ours = [source for source in sources("backend", "kit", "task") if not source.name.startswith(_SIMULATOR)]
    assert [place for source in ours for place in bare(source)] == []


class _Overlooked(Schema):
    city = fields.IPv4()
    names = fields.List(fields.String(validate=validate.And(validate.ContainsNoneOf("x"))))


def test_a_message_of_a_library_is_noticed() -> None:
    faults = speechless(_Overlooked())
    expected = ("Invalid input type.", "Unknown field.", "was in: {values}.", "Not a valid IPv4 address.")
    assert [fault.endswith(text) for fault, text in zip(faults, expected, strict=True)] == [True] * 4


@pytest.mark.parametrize(
    "snippet",
    [
        'raise ValidationError("Too many.")',
        'raise ValidationError(f"At most {most}.", "lines")',
        'validate.NoneOf([0], error="0 changes nothing.")',
        'raise NotForSale(errors={str(sku): ["not on sale"] for sku in missing})',
        'raise BatchNeeded(errors={sku: {"batch_no": [f"Missing in {place}."]}})',
    ],
)
def test_a_plain_string_is_noticed(snippet: str) -> None:
    assert len(bare(Source("bad.py", snippet))) == 1


@pytest.mark.parametrize(
    "snippet",
    [
        "raise ValidationError(_REPEATED)",
        'raise StaleVersion(errors={"version": {"sent": 1, "current": 2}})',
        'raise UnknownRole(errors={"role_ids": [str(role_id) for role_id in missing]})',
    ],
)
def test_words_and_figures_are_fine(snippet: str) -> None:
    assert bare(Source("good.py", snippet)) == []
