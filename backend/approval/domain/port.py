"""What a higher context plugs in for an action that may need approval."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from backend.approval.domain.condition import Number


@dataclass(frozen=True)
class Fact:
    """A number that rules may ask about: its stable name, and what people call it."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a difference, as people read it; None: there is no such side (created, deleted)."""

    field: str
    zh: str
    en: str
    old: str | None
    new: str | None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a request."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """On whose word a change is made, for the history that it leaves. `request_id` None: no rule asked for approval.

    `reason` is the actor's word for it. `agreed_by`: the staff who agreed, in the order of the steps; empty when the
    actor acted directly.
    """

    actor: str
    reason: str = ""
    request_id: int | None = None
    agreed_by: tuple[int, ...] = ()


class Executor(Protocol):
    """Knows one action: what it would change, and how. Payloads are JSON that came back from text.

    Every method runs inside the transaction of whoever calls it, and may raise `DomainError` to refuse.
    """

    action: str
    """Stable, e.g. ``catalog.product.price``; requests of today are executed by the program of next month."""
    zh: str
    en: str
    right: str
    """The permission that wanting it takes, ``catalog:price``: the route asks for it, and so does a resubmission."""
    facts: Sequence[Fact]
    also: Sequence[str]
    """Other actions whose rules judge it as well, where `acts_as` names them: an edit may change a price."""

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        """Those of `also` that this very change is. Its facts answer their rules; one it cannot tell counts as met."""

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, Number]:
        """Every fact of `facts` about this change, compared with the subject as it is now. Exact: int or Decimal."""

    def version(self, subject: str, payload: Any) -> int | None:
        """The subject's version, None when there is no such subject (any more).

        A change of many things at once adds theirs up, which never go back. It must hold until the commit: an
        aggregate with a version column that `apply` writes, or a row lock.
        """

    def title(self, subject: str, payload: Any) -> str:
        """What the change is about, in a line: ``东北大米 5kg``."""

    def diff(self, subject: str, payload: Any) -> Sequence[Change]:
        """What would change, old → new."""

    def apply(self, subject: str, payload: Any, mandate: Mandate, now: datetime) -> Any:
        """Do it, in the caller's transaction. `mandate.actor` is who asked for it: ``staff:42``.

        Also tried, and taken back, when a request is submitted: what leaves the database waits for `after_commit`.
        """
