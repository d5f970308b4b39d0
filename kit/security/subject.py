"""Who is asking. `SubjectSource` is implemented by the user context and wired by the application."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from flask import current_app, g

SOURCE_KEY = "qiyuan_subject_source"


class SubjectKind(StrEnum):
    """Customers of the mini-program, and staff. A token of one never opens a door of the other."""

    MEMBER = "member"
    STAFF = "staff"


@dataclass(frozen=True)
class Subject:
    """A logged-in customer or member of staff, fresh from the database."""

    kind: SubjectKind
    id: int
    session_id: int
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def actor(self) -> str:
        """As it is written into histories and logs: ``member:42``."""
        return f"{self.kind}:{self.id}"


class SubjectSource(Protocol):
    """Looks a token's subject up with one query."""

    def find(self, *, kind: SubjectKind, subject_id: int, session_id: int) -> Subject | None:
        """The subject if it is active and its session was not ended; else None."""

    def names(self, actors: Collection[str]) -> Mapping[str, str]:
        """Actor (``staff:42``) → what people call them, also of staff who left; others are missing.

        One query, none when no staff are among them.
        """


def subject_source() -> SubjectSource:
    """The source wired into the running application."""
    source: SubjectSource = current_app.extensions[SOURCE_KEY]
    return source


def current_subject() -> Subject:
    """Whoever passed this request's guard."""
    subject: Subject = g.subject
    return subject


def current_buyer() -> int:
    """The customer's id behind a `@buyer` route."""
    return current_subject().id
