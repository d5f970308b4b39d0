"""Every refusal that a test meets must stand in the OpenAPI document of its operation, by status and code."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from kit.api.pages import DOCUMENTS_KEY

_KEPT = "tests_documented"


def assert_documented(app: Flask, answer: TestResponse) -> None:
    """Fails for an answer of a documented operation that its document does not name; a bug (500) never is."""
    operation = _operation_of(app, answer)
    if operation is None or answer.status_code == 500:
        return
    response = operation["responses"].get(str(answer.status_code))
    assert response is not None, f"{answer.request.method} {answer.request.path}: {answer.status} is not documented"
    if answer.status_code >= 400 and answer.json is not None:
        code = answer.json["code"]
        assert code in response["x-codes"], f"{answer.request.method} {answer.request.path}: {code} is not documented"


def _operation_of(app: Flask, answer: TestResponse) -> dict[str, Any] | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(answer.request.path, answer.request.method, return_rule=True)
    except HTTPException:
        return None
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    operation: dict[str, Any] | None = _paths(app).get(path, {}).get(answer.request.method.lower())
    return operation


def _paths(app: Flask) -> dict[str, dict[str, Any]]:
    """The paths of both documents, written once per application."""
    if _KEPT not in app.extensions:
        documents = [api.spec.to_dict()["paths"] for api in app.extensions.get(DOCUMENTS_KEY, {}).values()]
        app.extensions[_KEPT] = {path: item for paths in documents for path, item in paths.items()}
    kept: dict[str, dict[str, Any]] = app.extensions[_KEPT]
    return kept
