"""What the doctor says: fine, worth knowing, or to be mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding matters: only `BAD` makes the exit code 1."""

    FINE = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True)
class Finding:
    """One sentence about `subject`; a bad one ends with what to do."""

    weight: Weight
    subject: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.weight:<4}  {self.subject}: {self.sentence}"


def fine(subject: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(Weight.FINE, subject, sentence)


def note(subject: str, sentence: str) -> Finding:
    """Worth knowing, nothing is broken."""
    return Finding(Weight.NOTE, subject, sentence)


def bad(subject: str, sentence: str) -> Finding:
    """To be mended."""
    return Finding(Weight.BAD, subject, sentence)


def or_fine(subject: str, problems: Iterable[str], otherwise: str) -> list[Finding]:
    """Each problem, or that there is none."""
    return [bad(subject, problem) for problem in problems] or [fine(subject, otherwise)]
