"""Shapes of passwords."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.user.domain.staff import MAX_PASSWORD, MIN_PASSWORD
from kit.schema.base import InputSchema
from kit.schema.fields import NO_CONTROLS


class Password(fields.String):
    """A password, taken as it is: not trimmed, no control characters, and short enough not to cost us."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"format": "password", "example": "correct horse battery"})
        super().__init__(required=True, load_only=True, validate=validate.Length(1, MAX_PASSWORD), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not text.isprintable():
            raise ValidationError(NO_CONTROLS)
        return text


class NewPassword(Password):
    """A password somebody chooses."""

    def __init__(self) -> None:
        rule = f"{MIN_PASSWORD} to {MAX_PASSWORD} characters, not the username"
        super().__init__(metadata={"format": "password", "description": rule, "example": "correct horse battery"})


class OwnPasswordSchema(InputSchema):
    """One's own password, old and new."""

    current_password = Password()
    new_password = NewPassword()


class PasswordSchema(InputSchema):
    """Somebody else's new password."""

    password = NewPassword()
