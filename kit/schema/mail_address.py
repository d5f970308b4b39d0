"""A field for one mail address."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from kit.domain.words import Words
from kit.mail.message import is_address
from kit.schema.fields import Line

NO_ADDRESS = Words("不是邮箱地址，例如 chen@example.cn", "Not a mail address; send one such as chen@example.cn.")


class MailAddress(Line):
    """Exactly one plain ASCII address of at most 254 characters, as `kit.mail` can send to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(254, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address = super()._deserialize(value, attr, data, **kwargs)
        if not is_address(address):
            raise ValidationError(NO_ADDRESS)
        return address
