"""Shape of the templates a mini-program asks its customers for."""

from __future__ import annotations

from marshmallow import fields

from backend.notification.domain.delivery import Kind
from kit.schema.base import OutputSchema


class TemplateSchema(OutputSchema):
    """One template and the news it is for."""

    kind = fields.Enum(Kind, by_value=True, metadata={"description": "Which news; order_paid: ask before paying"})
    template_id = fields.String(
        metadata={
            "description": "For tmplIds of wx.requestSubscribeMessage",
            "example": "4FQJ1kJ0nDcSmpQ0YYrMUJUhyMWJ4a7YbLoRWqz5Yn0",
        }
    )


class TemplatesSchema(OutputSchema):
    """All of them: there are never more than kinds of news."""

    items = fields.List(fields.Nested(TemplateSchema))
