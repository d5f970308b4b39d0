"""Errors a client may see: named after the failure, with a stable code and a message in Chinese and English."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Self

from kit.domain.words import Words, said


class ErrorKind(StrEnum):
    """What went wrong, in words that know no HTTP; `kit.api.error` gives each its status."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    LIMITED = "limited"
    GONE = "gone"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """Base of every expected failure. Subclasses set `kind`, `code`, `zh` and `en`; params fill the messages.

    `errors` names the offending fields or objects, e.g. ``{"items": {"0": {"quantity": [Words("…", "…")]}}}``.
    """

    kind: ClassVar[ErrorKind]
    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, *, errors: dict[str, Any] | None = None, **params: Any) -> None:
        self.params = params
        self.errors = errors or {}
        super().__init__(self.message("en"))

    @classmethod
    def naming(cls, *fields: str, **params: Any) -> Self:
        """The error, said of each of these fields or objects too."""
        error = cls(**params)
        error.errors = {field: [error.in_words()] for field in fields}
        return error

    def in_words(self) -> Words:
        """The message in both languages."""
        return Words(self.message("zh"), self.message("en"))

    def message(self, language: str) -> str:
        """The message in ``zh`` or ``en``."""
        template = self.zh if language == "zh" else self.en
        return template.format(**said(self.params, language))


class Malformed(DomainError):
    """The request cannot even be read (400)."""

    kind = ErrorKind.MALFORMED


class Unauthenticated(DomainError):
    """Nobody, or nobody we still know, is asking (401)."""

    kind = ErrorKind.UNAUTHENTICATED


class Forbidden(DomainError):
    """Somebody is asking who may not (403)."""

    kind = ErrorKind.FORBIDDEN


class NotFound(DomainError):
    """Not there, or not yours: the two are never told apart (404)."""

    kind = ErrorKind.NOT_FOUND


class Conflict(DomainError):
    """The state of things does not allow it now (409)."""

    kind = ErrorKind.CONFLICT


class Invalid(DomainError):
    """The input is well-formed and wrong (422)."""

    kind = ErrorKind.INVALID


class Limited(DomainError):
    """Too often (429)."""

    kind = ErrorKind.LIMITED


class Gone(DomainError):
    """It was there, and is no longer (410)."""

    kind = ErrorKind.GONE


class Unavailable(DomainError):
    """Something we need does not answer; trying again later may help (503)."""

    kind = ErrorKind.UNAVAILABLE
