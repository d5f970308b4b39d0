"""Shapes of JSON bodies, checked as strictly as WeChat's gateway: type, length, pattern, and nothing unknown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from kit.wechat.simulator.errors import PayError

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def refused(at: str, issue: str) -> PayError:
    return PayError("PARAM_ERROR", f"参数错误 {at}: {issue}", field=at)


class Field(Protocol):
    def check(self, value: object, at: str) -> None: ...


@dataclass(frozen=True)
class Text:
    longest: int
    shortest: int = 1
    pattern: str = ""

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, str):
            raise refused(at, "需为字符串")
        if not self.shortest <= len(value) <= self.longest:
            raise refused(at, f"长度需在{self.shortest}到{self.longest}之间")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise refused(at, "含有不允许的字符")


@dataclass(frozen=True)
class Whole:
    least: int = 0

    def check(self, value: object, at: str) -> None:
        # bool is an int in Python, but `true` is no amount of money.
        if not isinstance(value, int) or isinstance(value, bool):
            raise refused(at, "需为整数")
        if value < self.least:
            raise refused(at, f"不能小于{self.least}")


@dataclass(frozen=True)
class Number:
    least: float = 0

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool) or value < self.least:
            raise refused(at, f"需为不小于{self.least}的数")


@dataclass(frozen=True)
class Flag:
    def check(self, value: object, at: str) -> None:
        if not isinstance(value, bool):
            raise refused(at, "需为布尔值")


@dataclass(frozen=True)
class OneOf:
    choices: tuple[str, ...]

    def check(self, value: object, at: str) -> None:
        if value not in self.choices:
            raise refused(at, f"需为{'、'.join(self.choices)}之一")


@dataclass(frozen=True)
class Moment:
    """A time with an offset, RFC 3339."""

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, str) or not RFC3339.fullmatch(value):
            raise refused(at, "时间格式需遵循RFC3339")
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise refused(at, "时间格式需遵循RFC3339") from None


@dataclass(frozen=True)
class NotifyUrl:
    """Absolute http(s), at most 256 characters, no query: WeChat appends nothing and forbids parameters."""

    def check(self, value: object, at: str) -> None:
        Text(256).check(value, at)
        parts = urlsplit(str(value))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise refused(at, "需为完整的http(s)地址")
        if "?" in str(value) or "#" in str(value):
            raise refused(at, "不能携带参数")


@dataclass(frozen=True)
class Optionally:
    """The same, or JSON null."""

    inner: Field

    def check(self, value: object, at: str) -> None:
        if value is not None:
            self.inner.check(value, at)


@dataclass(frozen=True)
class ListOf:
    item: Field

    def check(self, value: object, at: str) -> None:
        if not isinstance(value, list):
            raise refused(at, "需为数组")
        for position, item in enumerate(value):
            self.item.check(item, f"{at}/{position}")


@dataclass(frozen=True)
class Shape:
    required: Mapping[str, Field] = field(default_factory=dict)
    optional: Mapping[str, Field] = field(default_factory=dict)

    def check(self, value: object, at: str = "") -> None:
        if not isinstance(value, dict):
            raise refused(at or "/", "需为JSON对象")
        fields: dict[str, Any] = {**self.optional, **self.required}
        for name in self.required:
            if name not in value:
                raise refused(f"{at}/{name}", "必填")
        for name, inner in value.items():
            if name not in fields:
                raise refused(f"{at}/{name}", "未知参数")
            fields[name].check(inner, f"{at}/{name}")
