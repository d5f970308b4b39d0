"""What a view says about itself beside its guard: the errors it may answer, and whether it writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema

from kit.domain.error import DomainError
from kit.security.guard import Guard, guard_of

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class ViewFacts:
    """What the decorators of a view declare. `writes` None: as its method says (GET does not); `inputs` by location."""

    rule: str
    guard: Guard | None
    inputs: Mapping[str, type[Schema]] = field(default_factory=dict)
    raises: tuple[type[DomainError], ...] = ()
    writes: bool | None = None
    idempotent: bool = False
    replays: bool = False
    throttled: bool = False
    revalidated: bool = False


def raises(*errors: type[DomainError], writes: bool | None = None) -> Callable[[V], V]:
    """Document the errors of this view's own; those of its guard, key, throttle and input need not be named.

    Stands below the guard. `writes=False` for a POST that changes nothing: it cannot lose a race.
    """

    def decorate(view: V) -> V:
        view.__raises__ = errors  # type: ignore[attr-defined]  # a mark on a function
        view.__writes__ = writes  # type: ignore[attr-defined]  # a mark on a function
        return view

    return decorate


def revalidated(view: V) -> V:
    """Document ETag, If-None-Match and 304 of a view that answers `HotBytes`."""
    view.__revalidated__ = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def facts_of(view: Callable[..., Any], rule: str) -> ViewFacts:
    """Everything that the decorators of `view` have left on it."""
    return ViewFacts(
        rule=rule,
        guard=guard_of(view),
        inputs=getattr(view, "__inputs__", {}),
        raises=getattr(view, "__raises__", ()),
        writes=getattr(view, "__writes__", None),
        idempotent=getattr(view, "__idempotent__", False),
        replays=getattr(view, "__replays__", False),
        throttled=getattr(view, "__throttled__", False),
        revalidated=getattr(view, "__revalidated__", False),
    )
