"""Names beside actors: one look-up for a list, and none where nobody has a name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from flask import Flask
from marshmallow import fields

from kit.schema.edit import FactsSchema, VersionArguments, version_field, with_reason
from kit.schema.fields import Line, Rows
from kit.schema.page import page_of
from kit.schema.signed import SignedSchema, name_field
from kit.security.subject import SOURCE_KEY


class NoteSchema(SignedSchema):
    signed_by = ("author", "reader")

    author = fields.String()
    author_name = name_field()
    reader = fields.String(allow_none=True)
    reader_name = name_field()


class Names:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[set[str]] = []

    def names(self, actors: Collection[str]) -> dict[str, str]:
        self.asked.append(set(actors))
        return {"staff:1": "王经理"}


@pytest.fixture
def source() -> Any:
    app, source = Flask("signed"), Names()
    app.extensions[SOURCE_KEY] = source
    with app.app_context():
        yield source


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_page_asks_once(source: Names, count: int) -> None:
    notes = [{"author": "staff:1", "reader": "system:import"}, {"author": "staff:9", "reader": None}] * count
    shown = page_of(NoteSchema)().dump({"items": notes, "next_cursor": None})["items"]
    assert source.asked == [{"staff:1", "staff:9", "system:import"}]
    assert shown[:2] == [
        {"author": "staff:1", "author_name": "王经理", "reader": "system:import", "reader_name": None},
        {"author": "staff:9", "author_name": None, "reader": None, "reader_name": None},
    ]
    assert notes[0] == {"author": "staff:1", "reader": "system:import"}


def test_one_is_signed_as_a_list_is(source: Names) -> None:
    assert NoteSchema().dump({"author": "staff:1", "reader": None})["author_name"] == "王经理"
    assert Rows(NoteSchema).serialize("notes", {"notes": None}) is None


class TitleSchema(FactsSchema):
    facts = dict

    title = Line(10, required=True)
    version = version_field()


def test_what_an_edit_says_of_itself_stands_beside_the_facts() -> None:
    schema = with_reason(TitleSchema)
    loaded = schema().load({"title": "x", "version": 3, "reason": " 调价 "})
    assert loaded == {"facts": {"title": "x"}, "version": 3, "reason": "调价"}
    assert schema().load({"title": "x", "version": 3})["reason"] == ""
    assert (with_reason(TitleSchema), with_reason(schema)) == (schema, schema)
    assert "reason" not in TitleSchema().fields


@pytest.mark.parametrize("version", [None, 0, -1, 2**31, "3", 1.0, True])
def test_a_version_is_a_whole_number_that_can_be(version: Any) -> None:
    assert list(TitleSchema().validate({"title": "x", "version": version})) == ["version"]
    assert list(TitleSchema().validate({"title": "x"})) == ["version"]
    assert list(VersionArguments().validate({})) == ["version"]
