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


@dataclass(frozen=True)
class Sought:
    """What staff look for: products that have all of the terms, words and marks; None: on sale or not."""

    terms: tuple[str, ...]
    on_sale: bool | None = None


@dataclass(frozen=True)
class Spot:
    """Behind which product a page of staff goes on; `lead` is the place of the term whose products are walked."""

    lead: int
    impact: int
    product_id: int


@dataclass(frozen=True)
class Listed:
    """Product ids; `after` is None at the end."""

    product_ids: Sequence[int]
    after: Spot | None = None

    def __bool__(self) -> bool:
        """Something was found, or may be found further on."""
        return bool(self.product_ids) or self.after is not None


class StaffIndex(Protocol):
    """Finds products in every state. What it lists is complete: the last page's `after` is None, and no other's."""

    def walk(self, sought: Sought, *, limit: int, after: Spot | None = None) -> Listed:
        """At most `limit` products, those that answer the rarest term best first, the newest of equals first.

        At a bounded cost: a page may be shorter than asked for, even empty, and not be the last.
        """


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
