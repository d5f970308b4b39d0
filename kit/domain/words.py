"""Sentences for people in Chinese and English at once; whoever writes an answer or a file for somebody takes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.domain.named import NamedEnum


class Words(str):
    """A sentence in both languages. Where a plain string is expected it is the Chinese one, the default.

    It is a string because libraries fill in their messages by `format`: marshmallow takes ours in place of its own.
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Words:
        words = super().__new__(cls, zh)
        words.en = en
        return words

    @property
    def zh(self) -> str:
        """The Chinese sentence, as a plain string."""
        return str.__str__(self)

    @property
    def both(self) -> tuple[str, str]:
        """Chinese and English, as they can be stored: `Words` makes words of them again."""
        return self.zh, self.en

    def said(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en

    def format(self, *args: object, **params: object) -> Words:
        """Both filled with `params`; those that are words themselves, each with its own."""
        if "{" not in self:
            return self  # marshmallow asks for the message about an address before it looks at one
        return Words(super().format(*args, **said(params, "zh")), self.en.format(*args, **said(params, "en")))

    def __reduce__(self) -> tuple[type[Words], tuple[str, str]]:
        return Words, self.both


def said(content: Any, language: str) -> Any:
    """`content` (dicts and lists, as errors have them) with all its words and named members in ``zh`` or ``en``."""
    if isinstance(content, Words | NamedEnum):
        return content.said(language)
    if isinstance(content, Mapping):
        return {name: said(value, language) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [said(value, language) for value in content]
    return content
