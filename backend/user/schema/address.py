"""Shapes of addresses."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from backend.user.domain.address import AddressDetails
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Id, Line, Timestamp, pattern

_REGION_CODE = pattern(
    r"^[0-9]{6,12}$", "须为 6–12 位行政区划代码，例如 330106", "Send 6 to 12 digits, such as 330106."
)


class AddressDetailsSchema(InputSchema):
    """Where a parcel goes. Loads into `AddressDetails`."""

    receiver = Line(30, required=True, metadata={"example": "林小满"})
    phone = Line(24, required=True, metadata={"description": "Mobile or landline", "example": "13800138000"})
    province = Line(40, required=True, metadata={"example": "浙江省"})
    city = Line(40, required=True, metadata={"example": "杭州市"})
    district = Line(40, required=True, metadata={"example": "西湖区"})
    detail = Line(120, required=True, metadata={"example": "文三路 90 号 2 幢 301"})
    region_code = Line(
        12,
        load_default=None,
        allow_none=True,
        pattern=_REGION_CODE,
        metadata={"description": "Official code of the district", "example": "330106"},
    )

    @post_load
    def make_details(self, data: dict[str, Any], **_: Any) -> AddressDetails:
        return AddressDetails(**data)


class AddressSchema(OutputSchema):
    """An address."""

    id = Id()
    receiver = fields.String(metadata={"example": "林小满"})
    phone = fields.String(metadata={"example": "13800138000"})
    province = fields.String(metadata={"example": "浙江省"})
    city = fields.String(metadata={"example": "杭州市"})
    district = fields.String(metadata={"example": "西湖区"})
    detail = fields.String(metadata={"example": "文三路 90 号 2 幢 301"})
    region_code = fields.String(allow_none=True, metadata={"example": "330106"})
    is_default = fields.Boolean()
    created_at = Timestamp()
