"""Shapes of deliveries for staff."""

from __future__ import annotations

from marshmallow import fields

from backend.notification.domain.delivery import Channel, Kind
from backend.notification.domain.trying import DeliveryState
from kit.schema.base import OutputSchema
from kit.schema.fields import CodeLine, Id, Timestamp
from kit.schema.page import PageArguments


class DeliveryArguments(PageArguments):
    """Filters of the deliveries."""

    order_no = CodeLine(32, load_default=None, metadata={"example": "2611200830004821567890"})
    state = fields.Enum(DeliveryState, by_value=True, load_default=None)


class DeliverySchema(OutputSchema):
    """One message to one buyer."""

    id = Id()
    kind = fields.Enum(Kind, by_value=True, metadata={"description": "Which news"})
    order_no = fields.String(metadata={"example": "2611201630004821567890"})
    recipient_id = Id(metadata={"description": "The customer"})
    channel = fields.Enum(Channel, by_value=True)
    state = fields.Enum(
        DeliveryState,
        by_value=True,
        metadata={
            "description": "pending, sent; refused: the customer has not subscribed; failed: see last_answer; "
            "skipped: no template configured"
        },
    )
    tries = fields.Integer(metadata={"example": 1})
    last_answer = fields.String(allow_none=True, metadata={"example": "ok"})
    next_try_at = Timestamp(allow_none=True)
    created_at = Timestamp()
    finished_at = Timestamp(allow_none=True)
