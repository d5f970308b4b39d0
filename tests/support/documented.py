"""Every answer that a test meets must stand in the OpenAPI document of its operation: status, code and shape."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from kit.api.pages import DOCUMENTS_KEY
from tests.support.shape import untrue

_KEPT = "tests_documented"
_WHOLE = "tests_document_of"


def assert_documented(app: Flask, answer: TestResponse) -> None:
    """Fails for an answer of a documented operation that its document does not name; a bug (500) never is."""
    path, operation = _operation_of(app, answer)
    if operation is None or answer.status_code == 500:
        return
    response = operation["responses"].get(str(answer.status_code))
    assert response is not None, f"{answer.request.method} {answer.request.path}: {answer.status} is not documented"
    if answer.status_code >= 400 and answer.json is not None:
        code = answer.json["code"]
        assert code in response["x-codes"], f"{answer.request.method} {answer.request.path}: {code} is not documented"
    elif said := response.get("content", {}).get("application/json", {}).get("schema"):
        faults = untrue(answer.json, said, app.extensions[_WHOLE][path])
        assert faults == [], f"{answer.request.method} {answer.request.path}: {faults}"


def _operation_of(app: Flask, answer: TestResponse) -> tuple[str, dict[str, Any] | None]:
    try:
        rule, _ = app.url_map.bind("localhost").match(answer.request.path, answer.request.method, return_rule=True)
    except HTTPException:
        return "", None
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    return path, _paths(app).get(path, {}).get(answer.request.method.lower())


def _paths(app: Flask) -> dict[str, dict[str, Any]]:
    """The paths of both documents, written once per application."""
    if _KEPT not in app.extensions:
        documents = [api.spec.to_dict() for api in app.extensions.get(DOCUMENTS_KEY, {}).values()]
        app.extensions[_WHOLE] = {path: document for document in documents for path in document["paths"]}
        app.extensions[_KEPT] = {path: item for document in documents for path, item in document["paths"].items()}
    kept: dict[str, dict[str, Any]] = app.extensions[_KEPT]
    return kept
