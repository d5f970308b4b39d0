"""What the catalogue needs of a search index. The shop ships one made of a table; an engine may stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.catalog.domain.search.document import SearchDocument
from backend.catalog.domain.search.question import Question


@dataclass(frozen=True)
class Place:
    """Behind which hit a page goes on: the tier of the answer, and the last hit's score and product."""

    tier: int
    score: int
    product_id: int


@dataclass(frozen=True)
class Found:
    """Product ids, the best first; `after` is None at the end. `relaxed`: none has all the words, these have most.

    `guessed`: none has most of them either, these have what the words are made of, or are what the last one names.
    """

    product_ids: Sequence[int]
    after: Place | None = None
    relaxed: bool = False
    guessed: bool = False

    def __bool__(self) -> bool:
        return bool(self.product_ids)


class SearchIndex(Protocol):
    """Finds products on sale. The same question to the same index has the same answer, in the same order."""

    def find(self, question: Question, *, limit: int, after: Place | None = None, exact: bool = False) -> Found:
        """At most `limit` hits, at a bounded cost; fewer do not mean the end, `after` None does.

        Products that have all the words come first, then those that have most; with `exact` only the former.
        """

    def put(self, documents: Sequence[SearchDocument]) -> list[int]:
        """Make the index say this of these products; the ids of those for which it said something else."""

    def remove(self, product_ids: Sequence[int]) -> None:
        """Forget products."""

    def differing(self, documents: Sequence[SearchDocument]) -> list[int]:
        """The ids of those that `put` would change."""

    def product_ids(self, *, after: int, limit: int) -> list[int]:
        """Ids of the products it knows, ascending, above `after`."""
