"""What search answers beside what a person expects: recall, precision, and whether the first hit is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.judgements import ABSENT, HELD_OUT, JUDGED

TOP = 10


@dataclass(frozen=True)
class Verdict:
    """One question: what was expected, and the first ten hits in their order."""

    query: str
    expected: frozenset[str]
    hits: tuple[str, ...]

    @property
    def found(self) -> int:
        """How many of the expected are there."""
        return len(self.expected.intersection(self.hits))

    @property
    def recall(self) -> float:
        """Of those that could be there."""
        return self.found / min(TOP, len(self.expected))

    @property
    def precision(self) -> float:
        """Of the first k hits, for k expected products."""
        most = min(TOP, len(self.expected))
        return len(self.expected.intersection(self.hits[:most])) / most

    @property
    def first_right(self) -> bool:
        """The first hit is one a person expects."""
        return bool(self.hits) and self.hits[0] in self.expected


@dataclass(frozen=True)
class Quality:
    """Both sets: the questions search was tuned on, and those held out, by kind; `absent`: question → hits."""

    tuned: Sequence[Verdict]
    by_kind: Mapping[str, Sequence[Verdict]]
    absent: Mapping[str, Sequence[str]]

    @property
    def held_out(self) -> list[Verdict]:
        """Of every kind."""
        return [verdict for verdicts in self.by_kind.values() for verdict in verdicts]

    @property
    def answered_in_vain(self) -> list[str]:
        """Questions for what the shop does not have that were answered with something else."""
        return [query for query, hits in self.absent.items() if hits]


Search = Callable[[str], Sequence[str]]


def judge(search: Search, judged: Mapping[str, frozenset[str]]) -> list[Verdict]:
    """Ask every judged question; `search` gives the codes of the hits."""
    return [Verdict(query, expected, tuple(search(query)[:TOP])) for query, expected in judged.items()]


def judge_all(search: Search) -> Quality:
    """Ask every question of both sets."""
    by_kind = {kind: judge(search, questions) for kind, questions in HELD_OUT.items()}
    return Quality(judge(search, JUDGED), by_kind, {query: search(query) for query in ABSENT})


def mean_recall(verdicts: Sequence[Verdict]) -> float:
    """Every question counts the same."""
    return sum(verdict.recall for verdict in verdicts) / len(verdicts)
