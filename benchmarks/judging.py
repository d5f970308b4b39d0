"""What search answers beside what a person expects: recall, precision, and whether the first hit is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.judgements import Questions

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
    """What search answers to one set of questions, by kind; `absent`: question → hits."""

    by_kind: Mapping[str, Sequence[Verdict]]
    absent: Mapping[str, Sequence[str]]

    @property
    def verdicts(self) -> list[Verdict]:
        """Of every kind."""
        return [verdict for verdicts in self.by_kind.values() for verdict in verdicts]

    @property
    def answered_in_vain(self) -> list[str]:
        """Questions for what the shop does not have that were answered with something else."""
        return [query for query, hits in self.absent.items() if hits]


@dataclass(frozen=True)
class Figures:
    """What the verdicts on some questions come to: two means, in which every question counts the same, and counts."""

    questions: int
    recall: float
    precision: float
    first_right: int
    everything: int
    nothing: int

    @classmethod
    def of(cls, verdicts: Sequence[Verdict]) -> Figures:
        """`verdicts`: at least one."""
        return cls(
            questions=len(verdicts),
            recall=sum(verdict.recall for verdict in verdicts) / len(verdicts),
            precision=sum(verdict.precision for verdict in verdicts) / len(verdicts),
            first_right=sum(verdict.first_right for verdict in verdicts),
            everything=sum(verdict.recall == 1 for verdict in verdicts),
            nothing=sum(not verdict.hits for verdict in verdicts),
        )


Search = Callable[[str], Sequence[str]]


def judge(search: Search, questions: Questions) -> Quality:
    """Ask every question of the set; `search` gives the codes of the hits."""
    by_kind = {
        kind: [Verdict(query, expected, tuple(search(query)[:TOP])) for query, expected in judged.items()]
        for kind, judged in questions.by_kind.items()
    }
    return Quality(by_kind, {query: search(query) for query in questions.absent})
