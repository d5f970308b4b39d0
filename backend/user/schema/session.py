"""Shapes of logging in and refreshing."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, fields, post_load, validate

from backend.user.schema.customer import MemberSchema
from backend.user.schema.password import Password
from backend.user.schema.staff import StaffCardSchema
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import PRINTABLE, Line


class MemberLoginSchema(InputSchema):
    """What `wx.login` gave the mini-program."""

    code = Line(
        128,
        required=True,
        pattern=PRINTABLE,
        metadata={
            "description": "From wx.login; good once, for five minutes",
            "example": "0a3Fzr000xWsFQ1eZ5100nVnPT1Fzr0e",
        },
    )


class StaffLoginSchema(InputSchema):
    """Username and password."""

    username = Line(32, required=True, metadata={"example": "manager"})
    password = Password()


class PasswordGrantSchema(InputSchema):
    """Username and password as OAuth 2.0 sends them. Others (scope, client_id) are ignored, as RFC 6749 demands."""

    class Meta:
        unknown = EXCLUDE

    grant_type = fields.String(required=True, validate=validate.Equal("password"), metadata={"example": "password"})
    username = Line(32, required=True, metadata={"example": "manager"})
    password = Password()

    @post_load
    def make_login(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"username": data["username"], "password": data["password"]}


class RefreshSchema(InputSchema):
    """The refresh token of the latest login or refresh."""

    refresh_token = Line(
        128,
        required=True,
        pattern=PRINTABLE,
        metadata={"description": "Good once", "example": "q0YvHX8n2oYw2mY7oS0z6J1v1mF4lqkq0A6v4m1hGd4"},
    )


class TokensSchema(OutputSchema):
    """Tokens of one session. Keep the refresh token secret; each refresh gives a new one."""

    access_token = fields.String(
        metadata={
            "description": "Send as Authorization: Bearer …",
            "example": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl",
        }
    )
    token_type = fields.String(metadata={"example": "Bearer"})
    expires_in = fields.Integer(metadata={"description": "Seconds", "example": 900})
    refresh_token = fields.String(
        metadata={"description": "Good for one refresh", "example": "q0YvHX8n2oYw2mY7oS0z6J1v1mF4lqkq0A6v4m1hGd4"}
    )
    refresh_expires_in = fields.Integer(metadata={"description": "Seconds", "example": 2592000})


class MemberTokensSchema(TokensSchema):
    """Tokens, and the customer they belong to."""

    customer = fields.Nested(MemberSchema)


class StaffTokensSchema(TokensSchema):
    """Tokens, and the member of staff they belong to."""

    staff = fields.Nested(StaffCardSchema)
