"""Domain events: facts, named in the past tense, frozen, made of primitives, versioned."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of every event class. `name` is the stable wire name, e.g. ``order.paid``.

    A field may be added with a default; anything else needs a new `version`. Readers ignore fields they do not know.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def payload(self) -> dict[str, Any]:
        """The event as JSON-ready primitives."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Rebuild the event; fields from a newer writer are dropped."""
        known = {field.name for field in fields(cls)}
        # JSON has no tuples: a list that comes back was one.
        values = {key: tuple(value) if isinstance(value, list) else value for key, value in payload.items()}
        return cls(**{key: value for key, value in values.items() if key in known})
