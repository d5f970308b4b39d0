"""Errors as the documents show them: status, stable code, and the message in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kit.api.error import HTTP_MESSAGES, INTERNAL, STATUS, ErrorSchema
from kit.domain.error import DomainError

_HEADERS = {
    401: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string", "example": "Bearer"}}},
    429: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "example": 60}}},
    503: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "example": 5}}},
}
_REQUEST_ID = "9f1c0a52e7d44b0c8a63f1d2c4b5e6a7"


@dataclass(frozen=True, order=True)
class Known:
    """One error a client may meet. Messages keep their ``{parameters}``."""

    status: int
    code: str
    zh: str
    en: str

    @classmethod
    def of(cls, error: type[DomainError]) -> Known:
        """A failure of the domain."""
        return cls(STATUS[error.kind], error.code, error.zh, error.en)

    @classmethod
    def of_status(cls, status: int) -> Known:
        """A failure that Flask or Werkzeug notice."""
        return cls(status, *HTTP_MESSAGES.get(status, INTERNAL))


def protocol_errors() -> list[Known]:
    """Everything `kit.api.error` says without a class of its own, the internal error too."""
    return [Known.of_status(status) for status in (*HTTP_MESSAGES, 500)]


def by_status(errors: Iterable[Known]) -> dict[int, list[Known]]:
    """Each status with its errors, each code once."""
    grouped: dict[int, dict[str, Known]] = {}
    for error in errors:
        grouped.setdefault(error.status, {}).setdefault(error.code, error)
    return {status: list(grouped[status].values()) for status in sorted(grouped)}


def response_of(status: int, errors: Sequence[Known]) -> dict[str, Any]:
    """The OpenAPI response: a list for people, `x-codes` for programs, an example for each code."""
    # Descriptions are Markdown: "<access token>" would vanish as an unknown element.
    lines = [f"- `{error.code}` {error.zh} · {error.en}".replace("<", "&lt;") for error in errors]
    content = {"schema": ErrorSchema, "examples": {error.code: _example(error) for error in errors}}
    response: dict[str, Any] = {
        "description": "\n".join(lines),
        "x-codes": [error.code for error in errors],
        "content": {"application/json": content},
    }
    if status in _HEADERS:
        response["headers"] = _HEADERS[status]
    return response


def _example(error: Known) -> dict[str, Any]:
    value = {"code": error.code, "message": error.zh, "errors": {}, "request_id": _REQUEST_ID}
    return {"summary": f"{error.zh} · {error.en}", "value": value}
