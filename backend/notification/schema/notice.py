"""Shapes of notices to staff."""

from __future__ import annotations

from marshmallow import fields

from backend.notification.domain.notice import NoticeKind
from kit.schema.base import OutputSchema
from kit.schema.fields import Id, Timestamp
from kit.schema.page import PageArguments


class NoticeArguments(PageArguments):
    """Filters of one's notices."""

    unread = fields.Boolean(load_default=False, metadata={"description": "Only those not read yet"})


class NoticeSchema(OutputSchema):
    """Something the member of staff was told."""

    id = Id()
    kind = fields.Enum(NoticeKind, by_value=True)
    reference = fields.String(
        metadata={"description": "What it is about", "example": "approval_request:41503612345679872"}
    )
    zh = fields.String(metadata={"example": "林薇 提交了“商品改价”：东北大米 5kg，请您审批"})
    en = fields.String(metadata={"example": "林薇 asks you to approve “Change prices”: 东北大米 5kg"})
    created_at = Timestamp()
    read_at = Timestamp(allow_none=True)


class UnreadSchema(OutputSchema):
    """What waits to be read."""

    unread = fields.Integer(metadata={"example": 2})
