"""Fields with the conventions of design section 7: ids are strings, money is fen, times carry an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from kit.domain.money import MAX_FEN
from kit.domain.words import Words

_MAX_ID = 2**63 - 1
# Lone surrogates are no characters: JSON can carry them, no database and no UTF-8 can.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
NO_CONTROLS = Words("含有控制字符，请删除", "Control characters are not allowed; remove them.")
_ONE_LINE = Words(
    "含有换行或控制字符，请改成一行", "Line breaks and control characters are not allowed; send one line."
)

OTHER_CENTURY = Words("须在 2000 至 2099 年之间，请核对年份", "Not in the years 2000 to 2099; check the year.")


def pattern(regex: str, zh: str, en: str) -> validate.Regexp:
    """Texts that match, and what others are told."""
    return validate.Regexp(regex, error=Words(zh, en))


DIGITS = pattern(r"^[0-9]+$", "只能填数字", "Only digits are allowed.")
CODE_SIGNS = pattern(
    r"^[A-Za-z0-9_\-.]+$", "只能用英文字母、数字和 - _ .", "Only the letters A to Z, digits and - _ . are allowed."
)
PRINTABLE = pattern(
    r"^[\x21-\x7e]+$", "只能用英文字母、数字和半角符号，不含空格", "Only ASCII characters are allowed, without spaces."
)


class Id(fields.Field[int]):
    """A 63-bit id: always a string of digits in JSON (JavaScript loses integers above 2^53), an int in Python."""

    default_error_messages = {
        "invalid": Words("不是 id，须为 1–19 位数字的字符串", "Not an id: send a string of 1 to 19 digits.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})
        kwargs["metadata"] = {"type": "string", "pattern": r"^\d{1,19}$", "example": "41503612345679872"} | kwargs[
            "metadata"
        ]
        super().__init__(**kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) <= 19):
            raise self.make_error("invalid")
        number = int(value)
        if not 0 < number <= _MAX_ID:
            raise self.make_error("invalid")
        return number


class Fen(fields.Integer):
    """Money in integer fen, 0 up to 100 million yuan. ``1.0``, ``"1"`` and ``true`` are not amounts."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("validate", validate.Range(0, MAX_FEN))
        super().__init__(strict=True, **kwargs)

    def _validated(self, value: Any) -> int:
        return super()._validated(_strict(self, value))


class Count(fields.Integer):
    """A strict integer within bounds: quantities, limits, order of display."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _validated(self, value: Any) -> int:
        return super()._validated(_strict(self, value))


class QueryCount(fields.Integer):
    """`Count` for query strings, where everything is text."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **kwargs)


def _strict(field: fields.Field[Any], value: Any) -> Any:
    if value is not None and type(value) is not int:
        raise field.make_error("invalid")
    return value


class Line(fields.String):
    """One line of text, trimmed, without control characters."""

    def __init__(
        self, max_length: int, *, min_length: int = 1, pattern: validate.Regexp | None = None, **kwargs: Any
    ) -> None:
        rules: list[validate.Validator] = [validate.Length(min_length, max_length)]
        if pattern is not None:
            rules.append(pattern)
        super().__init__(validate=rules, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if _CONTROL_OR_BREAK.search(text):
            raise ValidationError(_ONE_LINE)
        return text


class CodeLine(Line):
    """Printable ASCII without spaces: what is compared with a `Code` column (other text would be a database error)."""

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length, pattern=PRINTABLE, **kwargs)


class Text(fields.String):
    """Several lines of text, trimmed."""

    def __init__(self, max_length: int, *, min_length: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min_length, max_length), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if _CONTROL.search(text):
            raise ValidationError(NO_CONTROLS)
        return text


class Rows(fields.List[Any]):
    """A list of nested rows that is dumped as a whole: its schema can look up at once what all of them need."""

    inner: fields.Nested

    def __init__(self, schema: type[Schema], **kwargs: Any) -> None:
        super().__init__(fields.Nested(schema), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else self.inner.schema.dump(value, many=True)


class Timestamp(fields.Field[datetime]):
    """ISO-8601 with offset, UTC, milliseconds."""

    def __init__(self, *, example: str = "2026-11-20T08:30:00.000+00:00", **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "date-time", "example": example}, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="milliseconds")


class HttpUrl(fields.Url):
    """An absolute http(s) address of at most 500 characters, without control characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(schemes={"http", "https"}, require_tld=False, validate=validate.Length(1, 500), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address: str = super()._deserialize(value, attr, data, **kwargs)
        if _CONTROL_OR_BREAK.search(address):
            raise ValidationError(_ONE_LINE)
        return address


class Moment(fields.AwareDateTime):
    """ISO-8601 with an offset, between 2000 and 2100."""

    def __init__(self, **kwargs: Any) -> None:
        example = {"example": "2026-12-01T00:00:00+08:00"}
        super().__init__(format="iso", metadata=example | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not 2000 <= moment.year < 2100:
            raise ValidationError(OTHER_CENTURY)
        return moment
