"""Shapes of actions and rules."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from backend.approval.domain.condition import Condition, Operator
from backend.approval.domain.rule import MAX_HOURS, MAX_STEPS, RuleDraft
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.edit import FactsSchema, version_field
from kit.schema.fields import CodeLine, Count, Id, Line, Timestamp
from kit.schema.signed import SignedSchema, name_field

_MAX_THRESHOLD = 10**12


class ApprovalFactSchema(OutputSchema):
    """A number that conditions may ask about."""

    name = fields.String(metadata={"example": "price_change_percent"})
    zh = fields.String(metadata={"example": "最大改价幅度（%，不计涨跌）"})
    en = fields.String(metadata={"example": "Largest change of a price, up or down (%)"})


class ApprovalActionSchema(OutputSchema):
    """What rules may be about."""

    action = fields.String(metadata={"example": "catalog.product.price"})
    zh = fields.String(metadata={"example": "商品改价"})
    en = fields.String(metadata={"example": "Change prices"})
    facts = fields.List(fields.Nested(ApprovalFactSchema))


class ApprovalConditionSchema(InputSchema):
    """A fact compared with a whole number."""

    fact = CodeLine(40, required=True, metadata={"example": "price_change_percent"})
    operator = fields.Enum(Operator, by_value=True, required=True, metadata={"example": "gt"})
    threshold = Count(-_MAX_THRESHOLD, _MAX_THRESHOLD, required=True, metadata={"example": 10})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Condition:
        return Condition(**data)


class NewApprovalRuleSchema(FactsSchema):
    """A rule, all of it."""

    facts = RuleDraft

    name = Line(60, required=True, metadata={"example": "改价超过 10%"})
    action = CodeLine(
        60,
        required=True,
        metadata={"description": "See GET /admin/v1/approval/actions", "example": "catalog.product.price"},
    )
    condition = fields.Nested(
        ApprovalConditionSchema, load_default=None, allow_none=True, metadata={"description": "null: always"}
    )
    role_ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(0, MAX_STEPS),
        metadata={
            "description": "The steps in order; a role named twice means two people of it",
            "example": ["41503612345679872"],
        },
    )
    expiry_hours = Count(
        1, MAX_HOURS, load_default=72, metadata={"description": "A request that nobody decided by then expires"}
    )
    enabled = fields.Boolean(required=True, truthy={True}, falsy={False}, metadata={"example": True})


class ApprovalRuleChangeSchema(NewApprovalRuleSchema):
    """A rule, all of it, over the version that was read."""

    version = version_field()


class ApprovalRuleRoleSchema(OutputSchema):
    """A step; names are null when the role is gone."""

    role_id = Id()
    code = fields.String(allow_none=True, metadata={"example": "manager"})
    name = fields.String(allow_none=True, metadata={"example": "店长"})


class ApprovalRuleConditionSchema(OutputSchema):
    """A fact compared with a number."""

    fact = fields.String(metadata={"example": "price_change_percent"})
    operator = fields.Enum(Operator, by_value=True)
    threshold = fields.Integer(metadata={"example": 10})


class ApprovalRuleSchema(SignedSchema):
    """A rule."""

    signed_by = ("updated_by",)

    id = Id()
    name = fields.String(metadata={"example": "改价超过 10%"})
    action = fields.String(metadata={"example": "catalog.product.price"})
    action_known = fields.Boolean(metadata={"description": "false: this version of the program has no such action"})
    condition = fields.Nested(ApprovalRuleConditionSchema, allow_none=True, metadata={"description": "null: always"})
    steps = fields.List(fields.Nested(ApprovalRuleRoleSchema))
    expiry_hours = fields.Integer(metadata={"example": 72})
    enabled = fields.Boolean()
    version = fields.Integer(metadata={"example": 1})
    updated_by = fields.String(metadata={"example": "staff:41503612345679872"})
    updated_by_name = name_field()
    updated_at = Timestamp()
