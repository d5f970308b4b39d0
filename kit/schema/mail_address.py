"""A field for one mail address."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from kit.mail.message import is_address
from kit.schema.fields import Line


class MailAddress(Line):
    """Exactly one plain ASCII address of at most 254 characters, as `kit.mail` can send to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(254, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address = super()._deserialize(value, attr, data, **kwargs)
        if not is_address(address):
            raise ValidationError("Not a mail address such as chen@example.cn.")
        return address
