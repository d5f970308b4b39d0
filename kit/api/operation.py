"""One operation's documentation, built from what its view declares: who may, what can go wrong, which headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kit.api.error import DatabaseUnavailable
from kit.api.idempotency import InFlight, KeyMissing, KeyReused
from kit.api.known import Known, by_status, response_of
from kit.api.raises import ViewFacts
from kit.repository.page import BadCursor
from kit.schema.page import PageArguments
from kit.security.error import PermissionMissing, TokenExpired, TokenInvalid, TokenMissing, TooManyRequests
from kit.security.guard import Guard
from kit.security.subject import SubjectKind
from kit.service.transaction import LostRace

_BODIES = ("json", "form", "files")
_ETAG = {
    "description": "Send it back as If-None-Match",
    "schema": {"type": "string", "example": '"5d0c1f0e9a7b4c3d2e1f0a9b"'},
}
_REPLAYED = {
    "description": "Present when this is the stored answer of an earlier request with the same key",
    "schema": {"type": "string", "enum": ["true"], "example": "true"},
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag of the answer at hand: 304 without a body when nothing has changed",
    "schema": {"type": "string", "example": '"5d0c1f0e9a7b4c3d2e1f0a9b"'},
}


def document_operation(doc: dict[str, Any], facts: ViewFacts, method: str) -> None:
    """Complete `doc`, smorest's description of one operation, which `method` (lower case) calls."""
    responses = {
        str(status): response for status, response in doc.get("responses", {}).items() if not _is_error(status)
    }
    _add_headers(doc, responses, facts)
    errors = by_status(errors_of(facts, method))
    responses |= {str(status): response_of(status, known) for status, known in errors.items()}
    doc["responses"] = dict(sorted(responses.items()))
    if facts.guard is not None:
        _declare_guard(doc, facts.guard)


def errors_of(facts: ViewFacts, method: str) -> Iterator[Known]:
    """Every error of an operation, those of its own first within each status."""
    for error in facts.raises:
        yield Known.of(error)
    yield from _errors_of_the_door(facts)
    yield from _errors_of_input(facts)
    writes = method != "get" if facts.writes is None else facts.writes
    if writes:
        yield Known.of(LostRace)
    yield Known.of(DatabaseUnavailable)


def _errors_of_the_door(facts: ViewFacts) -> Iterator[Known]:
    guard = facts.guard
    if guard is not None and guard.kind is not None:
        yield from map(Known.of, (TokenMissing, TokenExpired, TokenInvalid))
    if guard is not None and guard.permissions:
        yield Known.of(PermissionMissing)
    if facts.throttled:
        yield Known.of(TooManyRequests)
    if "<id:" in facts.rule:
        # Whatever is not digits is no address at all.
        yield Known.of_status(404)


def _errors_of_input(facts: ViewFacts) -> Iterator[Known]:
    inputs = facts.inputs
    if inputs:
        yield Known.of_status(422)
    if any(issubclass(schema, PageArguments) for schema in inputs.values()):
        yield Known.of(BadCursor)
    if any(location in _BODIES for location in inputs) or facts.idempotent:
        # The key stands for the whole request, so the body is read even where no schema asks for one.
        yield Known.of_status(413)
    if "json" in inputs:
        yield from map(Known.of_status, (400, 415))
    if facts.idempotent:
        yield from map(Known.of, (InFlight, KeyMissing, KeyReused))


def _is_error(status: Any) -> bool:
    return str(status).isdigit() and int(status) >= 400


def _add_headers(doc: dict[str, Any], responses: dict[str, Any], facts: ViewFacts) -> None:
    if facts.replays:
        for status in [status for status in responses if status.isdigit()]:
            responses[status].setdefault("headers", {})["Idempotency-Replayed"] = _REPLAYED
    if facts.revalidated:
        responses["200"].setdefault("headers", {})["ETag"] = _ETAG
        responses["304"] = {"description": "Nothing has changed since that ETag", "headers": {"ETag": _ETAG}}
        doc.setdefault("parameters", []).append(dict(_IF_NONE_MATCH))


def _declare_guard(doc: dict[str, Any], guard: Guard) -> None:
    if guard.kind is None:
        doc["security"] = []
        doc["x-public"] = guard.reason
    elif guard.kind is SubjectKind.MEMBER:
        doc["security"] = [{"bearer": []}]
    else:
        # Either will do: the password is for people in Swagger UI, the token for programs.
        doc["security"] = [{"password": []}, {"bearer": []}]
    if guard.permissions:
        doc["x-permissions"] = [permission.value for permission in guard.permissions]


def who_may(guard: Guard | None) -> str:
    """The guard in a sentence, for the description."""
    if guard is None:
        return ""
    if guard.kind is None:
        return f"Open to everybody: {guard.reason}."
    if guard.kind is SubjectKind.MEMBER:
        return "For logged-in customers."
    if not guard.permissions:
        return "For every logged-in member of staff."
    names = [f"`{permission.value}` ({permission.zh} · {permission.en})" for permission in guard.permissions]
    return "Permission: " + ", ".join(names)
