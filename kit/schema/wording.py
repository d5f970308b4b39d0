"""marshmallow's own messages in both languages: what is wrong, and what to send instead."""

from __future__ import annotations

from marshmallow import fields, validate

from kit.domain.words import Words

UNKNOWN = Words("没有这个字段，请去掉", "Unknown field; leave it out.")
NO_OBJECT = Words('须为对象，例如 {"字段": "值"}', 'Not an object; send one, such as {"field": "value"}.')

_OF_FIELDS: dict[type[fields.Field], dict[str, str]] = {  # type: ignore[type-arg]  # whatever it holds
    fields.Field: {
        "required": Words("缺少，必须填写", "Missing; it is required."),
        "null": Words("不能为 null，请填写", "Must not be null; send a value."),
        "validator_failed": Words("内容无效，请改正", "Not valid; correct it."),
    },
    fields.Nested: {"type": Words("须为对象", "Not an object; send one.")},
    fields.List: {"invalid": Words("须为列表，例如 []", "Not a list; send one, such as [].")},
    fields.String: {
        "invalid": Words("须为文字，请加上引号", "Not a text; send one in quotes."),
        "invalid_utf8": Words("须为 UTF-8 编码的文字", "Not UTF-8; send text in this encoding."),
    },
    fields.Number: {
        "invalid": Words("须为数字", "Not a number; send one."),
        "too_large": Words("数字过大，请改小", "Too large; send a smaller number."),
    },
    fields.Integer: {"invalid": Words("须为整数，例如 1", "Not a whole number; send one, such as 1.")},
    fields.Boolean: {"invalid": Words("须为 true 或 false", "Neither true nor false; send one of them.")},
    fields.DateTime: {
        "invalid": Words(
            "须为带时区的时间，例如 2026-12-01T08:30:00+08:00",
            "Not a time with its offset; send one such as 2026-12-01T08:30:00+08:00.",
        ),
        "invalid_awareness": Words("缺少时区，例如 2026-12-01T08:30:00+08:00", "No offset; add one such as +08:00."),
        "format": Words("时间格式有误", "Not a time in this format."),
    },
    fields.Date: {
        "invalid": Words("须为日期，例如 2026-12-01", "Not a date; send one such as 2026-12-01."),
        "invalid_awareness": Words("须为日期，不带时区", "Not a plain date; send it without an offset."),
        "format": Words("日期格式有误", "Not a date in this format."),
    },
    fields.Url: {
        "invalid": Words(
            "须为 http(s) 地址，例如 https://img.example.com/a.jpg",
            "Not an http(s) address; send one such as https://img.example.com/a.jpg.",
        )
    },
    fields.Enum: {"unknown": Words("须为其中之一：{choices}", "Not one of: {choices}.")},
}

_OF_VALIDATORS: dict[type[validate.Validator], dict[str, str]] = {
    validate.Range: {
        "message_min": Words("须{min_op} {{min}}", "Must be {min_op} {{min}}."),
        "message_max": Words("须{max_op} {{max}}", "Must be {max_op} {{max}}."),
        "message_all": Words(
            "须{min_op} {{min}}，且{max_op} {{max}}", "Must be {min_op} {{min}} and {max_op} {{max}}."
        ),
        "message_gte": Words("大于或等于", "greater than or equal to"),
        "message_gt": Words("大于", "greater than"),
        "message_lte": Words("小于或等于", "less than or equal to"),
        "message_lt": Words("小于", "less than"),
    },
    validate.Length: {
        "message_min": Words("至少 {min} 个（字或项）", "Too short: at least {min} characters or entries."),
        "message_max": Words("最多 {max} 个（字或项）", "Too long: at most {max} characters or entries."),
        "message_all": Words(
            "须有 {min} 到 {max} 个（字或项）", "Length must be {min} to {max} characters or entries."
        ),
        "message_equal": Words("须正好 {equal} 个（字或项）", "Length must be {equal} characters or entries."),
    },
    validate.Equal: {"default_message": Words("须为 {other}", "Must be {other}.")},
    validate.OneOf: {"default_message": Words("须为其中之一：{choices}", "Not one of: {choices}.")},
    validate.NoneOf: {"default_message": Words("不能是其中之一：{values}", "Must be none of: {values}.")},
    validate.URL: {"default_message": _OF_FIELDS[fields.Url]["invalid"]},
}


def speak_both_languages() -> None:
    """Give marshmallow's classes these words for their defaults, before any field is made: fields copy them."""
    for field, messages in _OF_FIELDS.items():
        field.default_error_messages = field.default_error_messages | messages
    for validator, defaults in _OF_VALIDATORS.items():
        for name, message in defaults.items():
            setattr(validator, name, message)
