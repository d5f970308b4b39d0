"""Enums whose members people read, in both languages."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class NamedEnum(StrEnum):
    """Members are ``NAME = "value", "中文", "English"``; each is its value, as with any `StrEnum`."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.zh, member.en = value, zh, en
        return member

    @classmethod
    def of(cls, value: str) -> Self:
        """The member of a stored value."""
        return next(member for member in cls if member.value == value)

    def said(self, language: str) -> str:
        """Its name in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en
