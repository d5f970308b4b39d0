"""The executors of the running application, one for each action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from backend.approval.domain.error import ActionUnknown, ApplyRefused, ExecutorMissing, FactUnknown
from backend.approval.domain.port import Executor
from kit.domain.error import DomainError


class Executors:
    """Filled while the application is assembled, by the wiring of higher contexts."""

    def __init__(self) -> None:
        self._by_action: dict[str, Executor] = {}

    def register(self, executor: Executor) -> None:
        """Add one. Raises ValueError for an action that has one, or that repeats the name of a fact."""
        if executor.action in self._by_action:
            raise ValueError(f"action {executor.action} has an executor already")
        names = [fact.name for fact in executor.facts]
        if len(set(names)) != len(names):
            raise ValueError(f"action {executor.action} names a fact twice")
        self._by_action[executor.action] = executor

    def all(self) -> Sequence[Executor]:
        """By the name of their action."""
        return [self._by_action[action] for action in sorted(self._by_action)]

    def of(self, action: str) -> Executor:
        """The executor. Raises `ExecutorMissing`."""
        if action not in self._by_action:
            raise ExecutorMissing(action=action)
        return self._by_action[action]

    def must_know(self, action: str, fact: str | None) -> None:
        """Raises `ActionUnknown` or `FactUnknown`, with those there are."""
        if action not in self._by_action:
            raise ActionUnknown(action=action, errors={"action": sorted(self._by_action)})
        names = [one.name for one in self._by_action[action].facts]
        if fact is not None and fact not in names:
            raise FactUnknown(action=action, fact=fact, errors={"fact": names})

    def names_of(self, action: str) -> tuple[str, str]:
        """Chinese and English; the action itself when the program does not offer it any more."""
        executor = self._by_action.get(action)
        return (executor.zh, executor.en) if executor else (action, action)


@contextmanager
def refusals_told() -> Iterator[None]:
    """What an executor refuses inside becomes `ApplyRefused`, naming the reason: approval's routes know no others."""
    try:
        yield
    except DomainError as refusal:
        if refusal.code.startswith("approval."):
            raise
        raise ApplyRefused(refusal) from refusal
