"""A change that waits for somebody's approval: 202 with the request's id, in place of the endpoint's own answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from flask import jsonify, make_response
from marshmallow import fields

from kit.schema.base import OutputSchema
from kit.schema.fields import Id

DESCRIPTION = (
    "需要审批，尚未生效 It waits for approval, and nothing has changed yet. See GET "
    "/admin/v1/approval/requests/{approval_request_id}"
)


class WaitingSchema(OutputSchema):
    """Nothing has changed yet; the change is made when it is approved."""

    approval_request_id = Id()
    status = fields.String(metadata={"enum": ["pending"], "example": "pending"})


class Asked(Protocol):
    """What came of asking for a change: `result` once it is made; else `request_id` names what waits."""

    @property
    def applied(self) -> bool: ...
    @property
    def result(self) -> Any: ...
    @property
    def request_id(self) -> int | None: ...


def answer_or_wait(asked: Asked, answer: Callable[[Any], Any]) -> Any:
    """`answer` of the result, or 202 when it waits. For views that `Blueprint.may_wait` documents."""
    if asked.applied:
        return answer(asked.result)
    body = WaitingSchema().dump({"approval_request_id": asked.request_id, "status": "pending"})
    return make_response(jsonify(body), 202)


def nothing(_result: Any) -> None:
    """The answer of an endpoint that has none (204)."""
