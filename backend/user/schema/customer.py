"""Shapes of customers: to themselves, and to staff."""

from __future__ import annotations

from marshmallow import fields

from backend.user.domain.customer import CustomerStatus
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import DIGITS, PRINTABLE, HttpUrl, Id, Line, Timestamp
from kit.schema.page import PageArguments

_STATUSES = [status.value for status in CustomerStatus]


class MemberSchema(OutputSchema):
    """A customer, to themselves."""

    id = Id()
    nickname = fields.String(metadata={"example": "小林"})
    avatar_url = fields.String(allow_none=True, metadata={"example": "https://img.example.com/a/1.jpg"})
    phone = fields.String(allow_none=True, metadata={"example": "13800138000"})
    created_at = Timestamp()


class ProfileSchema(InputSchema):
    """Name and picture, both replaced."""

    nickname = Line(32, required=True, metadata={"example": "小林"})
    avatar_url = HttpUrl(
        required=True,
        allow_none=True,
        metadata={"example": "https://img.example.com/a/1.jpg", "description": "null: none"},
    )


class PhoneCodeSchema(InputSchema):
    """What the phone button gave the mini-program."""

    code = Line(
        128,
        required=True,
        pattern=PRINTABLE,
        metadata={
            "description": "From open-type=getPhoneNumber, not from wx.login; good once",
            "example": "e31968a7f94cc5ee",
        },
    )


class CustomerArguments(PageArguments):
    """Filters of the customer list."""

    phone = Line(
        20,
        load_default=None,
        pattern=DIGITS,
        metadata={"description": "Exactly this phone", "example": "13800138000"},
    )


class CustomerSchema(OutputSchema):
    """A customer, to staff."""

    id = Id()
    nickname = fields.String(metadata={"example": "小林"})
    avatar_url = fields.String(allow_none=True, metadata={"example": "https://img.example.com/a/1.jpg"})
    phone = fields.String(allow_none=True, metadata={"description": "Masked", "example": "138****8000"})
    status = fields.String(metadata={"enum": _STATUSES})
    created_at = Timestamp()


class CustomerStatusSchema(InputSchema):
    """Block a customer, or serve them again."""

    status = fields.Enum(CustomerStatus, by_value=True, required=True, metadata={"example": "blocked"})


class CustomerStatusAnswerSchema(OutputSchema):
    """What is true now."""

    id = Id()
    status = fields.String(metadata={"enum": _STATUSES})
