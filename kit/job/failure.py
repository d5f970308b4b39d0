"""Why a run ends without a result. Contexts give the codes their words, in an enum of their own."""

from __future__ import annotations

from kit.domain.named import NamedEnum
from kit.job.outcome import Outcome

TOO_LONG = "too_long"
INTERRUPTED = "interrupted"
INTERNAL = "internal"
CANCELLED = "cancelled"

ALWAYS_POSSIBLE = (TOO_LONG, INTERRUPTED, INTERNAL)


class JobFailure(NamedEnum):
    """Base of the enums in which contexts say why a job failed: ``TOO_LONG = "too_long", "耗时过长…", "It took…"``."""


class JobRefused(Exception):
    """Another try would end the same way; `failure` is a code of the job's kind.

    `outcome` is what the job leaves all the same, e.g. a sheet of what is wrong.
    """

    def __init__(self, failure: str, outcome: Outcome | None = None) -> None:
        super().__init__(failure)
        self.failure = failure
        self.outcome = outcome or Outcome()


class JobDelayed(Exception):
    """Another try, later, may succeed; `failure` is the code when none is left."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class JobPaused(Exception):
    """Enough for one message: the job goes on from its checkpoint in another, behind jobs that wait."""


class RunLost(Exception):
    """Somebody else works on the job now, or it has ended: this run stops and leaves nothing."""
