"""Shapes of requests."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from backend.approval.domain.request import Request
from backend.approval.domain.state import RequestState, Verb
from backend.approval.domain.step import Decision
from backend.approval.service.query import Detail, Scope
from backend.approval.wiring import services
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import CodeLine, Count, Id, Text, Timestamp
from kit.schema.page import PageArguments


class RequestArguments(PageArguments):
    """Which requests."""

    scope = fields.Enum(
        Scope, by_value=True, load_default=Scope.TO_DECIDE, metadata={"enum": [one.value for one in Scope]}
    )
    state = fields.Enum(RequestState, by_value=True, load_default=None)
    action = CodeLine(60, load_default=None, metadata={"example": "catalog.product.price"})
    subject = CodeLine(64, load_default=None, metadata={"example": "product:41503612345679872"})


class ApprovalDecisionSchema(InputSchema):
    """Yes or no at one step, which must be the one that waits."""

    step = Count(1, 1000, required=True, metadata={"description": "`step` of the request as it was read", "example": 1})
    comment = Text(500, load_default="", metadata={"example": "同意，活动价"})


class ApprovalRejectionSchema(ApprovalDecisionSchema):
    """No, with the reason."""

    comment = Text(500, min_length=1, required=True, metadata={"example": "毛利太低，请重新定价"})


class ApprovalRemarkSchema(InputSchema):
    """A few words, or none."""

    comment = Text(500, load_default="", metadata={"example": "价格有误，稍后重新提交"})


class ApprovalCommentSchema(InputSchema):
    """A comment."""

    comment = Text(500, min_length=1, required=True, metadata={"example": "供应商涨价的通知在哪里？"})


class ApprovalCountsSchema(OutputSchema):
    """Pending requests."""

    to_decide = fields.Integer(metadata={"description": "Waiting for the caller", "example": 3})
    submitted = fields.Integer(metadata={"description": "Of the caller, waiting for others", "example": 1})


def _action_names(row: Any) -> tuple[str, str]:
    action: str = row["action"] if isinstance(row, dict) else row.action
    return services().executors.names_of(action)


class ApprovalRequestRowSchema(OutputSchema):
    """A request in a list."""

    id = Id()
    action = fields.String(metadata={"example": "catalog.product.price"})
    action_zh = fields.Function(lambda row: _action_names(row)[0], metadata={"type": "string", "example": "商品改价"})
    action_en = fields.Function(
        lambda row: _action_names(row)[1],
        metadata={"type": "string", "example": "Change prices"},
    )
    subject = fields.String(metadata={"example": "product:41503612345679872"})
    title = fields.String(metadata={"example": "东北大米 5kg"})
    state = fields.Enum(RequestState, by_value=True, metadata={"example": "approved"})
    requester = fields.String(metadata={"example": "staff:41503612345679872"})
    requester_name = fields.String(metadata={"example": "林薇"})
    step = fields.Integer(metadata={"description": "The step that waits, or where it ended; 0: none", "example": 1})
    role_name = fields.String(allow_none=True, metadata={"description": "The role of that step", "example": "店长"})
    created_at = Timestamp()
    due_at = Timestamp(allow_none=True, example="2026-11-23T08:30:00.000+00:00")
    closed_at = Timestamp(allow_none=True, example="2026-11-20T09:12:00.000+00:00")


class ApprovalChangeSchema(OutputSchema):
    """A line of the difference, as it was at the submission."""

    field = fields.String(metadata={"example": "price_fen"})
    zh = fields.String(metadata={"example": "售价"})
    en = fields.String(metadata={"example": "Price"})
    old = fields.String(allow_none=True, metadata={"example": "59.00"})
    new = fields.String(allow_none=True, metadata={"example": "49.00"})


class ApprovalStepSchema(OutputSchema):
    """A role that must agree."""

    position = fields.Integer(metadata={"example": 1})
    role_id = Id()
    role_code = fields.String(metadata={"example": "manager"})
    role_name = fields.String(metadata={"example": "店长"})
    decision = fields.Enum(Decision, by_value=True, allow_none=True)
    decided_by = Id(allow_none=True)
    decided_by_name = fields.String(allow_none=True, metadata={"example": "陈店长"})
    decided_at = Timestamp(allow_none=True, example="2026-11-20T09:12:00.000+00:00")


class ApprovalHistorySchema(OutputSchema):
    """One thing that happened. Comments are among them."""

    verb = fields.Enum(Verb, by_value=True)
    from_state = fields.Enum(RequestState, by_value=True, allow_none=True)
    to_state = fields.Enum(RequestState, by_value=True)
    step = fields.Integer(allow_none=True, metadata={"example": 1})
    actor = fields.String(metadata={"example": "staff:41503612345679872"})
    actor_name = fields.String(allow_none=True, metadata={"example": "陈店长"})
    comment = fields.String(metadata={"example": "同意，活动价"})
    at = Timestamp()


class ApprovalRequestSchema(ApprovalRequestRowSchema):
    """A request with everything about it."""

    reason = fields.String(metadata={"example": "双十一活动"})
    because = fields.List(fields.String(), metadata={"example": ["改价超过 10% (price_change_percent > 10)"]})
    changes = fields.List(fields.Nested(ApprovalChangeSchema))
    steps = fields.List(fields.Nested(ApprovalStepSchema))
    history = fields.List(fields.Nested(ApprovalHistorySchema))
    intact = fields.Boolean(metadata={"description": "false: changed behind the program's back; it cannot be approved"})
    origin_id = Id(allow_none=True, metadata={"description": "The request this one repeats"})
    allowed_actions = fields.List(fields.String(), metadata={"example": ["approve", "reject", "comment"]})


class ApprovalOutcomeSchema(OutputSchema):
    """Where a request stands after a decision."""

    id = Id()
    state = fields.Enum(RequestState, by_value=True)
    step = fields.Integer(metadata={"example": 2})


class ApprovalResubmissionSchema(OutputSchema):
    """What came of submitting again. `request_id` is null when no rule asks any more and nothing had to be kept."""

    status = fields.String(metadata={"enum": ["applied", "pending"]})
    approval_request_id = Id(allow_none=True)


def shown(detail: Detail, *, may_decide: bool) -> dict[str, Any]:
    """A detail as `ApprovalRequestSchema` writes it."""
    request, staff = detail.request, detail.staff

    def name_of(staff_id: int | None) -> str | None:
        return staff[staff_id].name if staff_id in staff else None

    columns = {column.key: getattr(request, column.key) for column in Request.__mapper__.column_attrs}
    steps = [
        {column.key: getattr(step, column.key) for column in type(step).__mapper__.column_attrs}
        | {"decided_by_name": name_of(step.decided_by)}
        for step in request.steps
    ]
    history = [
        row._asdict() | {"actor_name": name_of(int(row.actor[6:]) if row.actor.startswith("staff:") else None)}
        for row in detail.history
    ]
    verbs = {
        "approve": detail.decides and may_decide,
        "reject": detail.decides and may_decide,
        "withdraw": detail.withdraws,
        "resubmit": detail.resubmits,
        "comment": True,
    }
    return columns | {
        "role_name": request.waiting.role_name if request.steps else None,
        "steps": steps,
        "history": history,
        "intact": request.is_intact(),
        "allowed_actions": [verb for verb, allowed in verbs.items() if allowed],
    }
