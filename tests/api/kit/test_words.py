"""Junk in every field of every route: every sentence of the answer is Chinese for Chinese readers, else English."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from kit.api.pages import DOCUMENTS_KEY
from kit.security.permission import declared_permissions
from kit.security.subject import SubjectKind
from tests.fakes.subjects import FakeSubjects

HAN = re.compile(r"[\u4e00-\u9fff]")
JUNK = (None, "", "x\x00\n", "x" * 70_000, -(10**30), 10**30, 1.5, True, [], {}, "😀;:/", "0")
UNKNOWN = "colour"
_keys = count(10_000_000)


def full_of(schema: Schema, junk: Any, *, deep: bool) -> dict[str, Any]:
    """A body with `junk` in every field; `deep`: in the innermost ones."""
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    return {name: _filled(field, junk) if deep else junk for name, field in known.items()} | {UNKNOWN: junk}


def _filled(field: fields.Field[Any], junk: Any) -> Any:
    if isinstance(field, fields.List):
        return [_filled(field.inner, junk)]
    return full_of(field.schema, junk, deep=True) if isinstance(field, fields.Nested) else junk


class Route:
    """A documented operation that takes something in `location`."""

    def __init__(self, path: str, method: str, inputs: dict[str, type[Schema]], location: str, headers: Any) -> None:
        self.path, self.method, self.location, self.schema = path, method, location, inputs[location]()
        self.takes_a_file = "files" in inputs and location != "files"
        self.headers = headers
        self.name = f"{method} {path} {location}"

    def sent(self, client: FlaskClient, body: Any, language: str) -> TestResponse:
        """The answer to it."""
        key = {"Idempotency-Key": f"{next(_keys)}", "Accept-Language": language}
        how: dict[str, Any] = {"json": body}
        if self.location in ("query", "form"):
            flat = {name: self._text(value) for name, value in body.items()}
            how = {"query_string" if self.location == "query" else "data": flat}
        elif self.location == "files":
            how = {"data": {UNKNOWN: "red"}, "content_type": "multipart/form-data"}
        if self.takes_a_file:
            how["data"] = {"file": (io.BytesIO(b"x"), "x.csv")}
        return client.open(self.path, method=self.method, headers=self.headers | key, **how)

    @staticmethod
    def _text(value: Any) -> Any:
        value = value[0] if isinstance(value, list) and value else value
        return str(value)[:2000]


def routes(app: Flask, subjects: FakeSubjects) -> Iterator[Route]:
    """Every operation of both documents, once for each place it takes input from."""
    who = {
        SubjectKind.MEMBER: subjects.member(),
        SubjectKind.STAFF: subjects.staff(*declared_permissions().values()),
    }
    documented = {path for api in app.extensions[DOCUMENTS_KEY].values() for path in api.spec.to_dict()["paths"]}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) not in documented:
            continue
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        kind = SubjectKind.STAFF if path.startswith("/admin") else SubjectKind.MEMBER
        inputs = getattr(view, "__inputs__", {})
        for location in inputs:
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                yield Route(path, method, inputs, location, who[kind])


def leaves(errors: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Everything that is neither a list nor an object, and where it stands."""
    if isinstance(errors, dict | list):
        for name, value in errors.items() if isinstance(errors, dict) else enumerate(errors):
            yield from leaves(value, (*path, str(name)))
    else:
        yield path, errors


def unsaid(zh: Any, en: Any) -> list[str]:
    """Sentences that stand in the wrong language, or say nothing."""
    said, others = dict(leaves(zh)), dict(leaves(en))
    assert said.keys() == others.keys()
    texts = {path: (text, others[path]) for path, text in said.items() if isinstance(text, str) and not text.isdigit()}
    return [
        f"{'.'.join(path)}: {chinese} | {english}"
        for path, (chinese, english) in texts.items()
        if not HAN.search(chinese) or HAN.search(english) or english in ("", "?")
    ]


def test_every_sentence_about_every_field_comes_in_the_readers_language(
    app: Flask, client: FlaskClient, subjects: FakeSubjects
) -> None:
    every, wrong, silent = list(routes(app, subjects)), [], []
    for route in every:
        blamed: set[str] = set()
        bodies = [full_of(route.schema, junk, deep=deep) for junk in JUNK for deep in (True, False)]
        for body in [{}, *(body for number, body in enumerate(bodies) if body not in bodies[:number])]:
            zh, en = (route.sent(client, body, language).get_json(silent=True) or {} for language in ("zh", "en"))
            wrong += [f"{route.name}: a bug" for answer in (zh, en) if answer.get("code") == "kit.internal"]
            if "code" in zh and zh["code"] == en.get("code"):
                wrong += [f"{route.name}: {fault}" for fault in unsaid(zh["errors"], en["errors"])]
                blamed |= zh["errors"].keys()
        unheard = {field.data_key or name for name, field in route.schema.load_fields.items()} - blamed
        if unheard:
            silent.append(f"{route.name}: {unheard}")
    assert len(every) > 100
    assert sorted(set(wrong)) == []
    assert silent == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ({"a": ["Missing."]}, {"a": ["Missing."]}),
        ({"a": {"0": ["?"]}}, {"a": {"0": ["?"]}}),
        ({"a": ["须填写"]}, {"a": ["须填写"]}),
    ],
)
def test_a_sentence_in_one_language_is_noticed(zh: Any, en: Any) -> None:
    assert len(unsaid(zh, en)) == 1
