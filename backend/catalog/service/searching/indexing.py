"""Keeps the search index at what the catalogue says: product by product on events, everything by command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from backend.catalog.domain.search.port import SearchIndex
from backend.catalog.domain.tree import subtree_ids
from backend.catalog.repository.search.searchable import Searchable
from kit.event.outbox import enqueue
from kit.service.transaction import transactional

CHUNK = 100
REINDEX_CATEGORY = "catalog.reindex_category"


@dataclass
class Reindexed:
    """What a run over everything has met so far; `last_id` is where to go on."""

    seen: int = 0
    changed: int = 0
    stale: int = 0
    last_id: int = 0


@dataclass
class Drift:
    """Products whose entries are not what they should be, and entries of products that are not there."""

    seen: int = 0
    differing: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)


class Indexing:
    """Each step takes its products, reads how they are now, and writes that; so repetition and order do not matter."""

    def __init__(self, searchable: Searchable, index: SearchIndex) -> None:
        self.searchable = searchable
        self.index = index

    @transactional
    def products(self, product_ids: Sequence[int]) -> int:
        """Index these as they are now; those that are gone are forgotten. How many entries changed."""
        self.searchable.hold(product_ids)
        documents = self.searchable.documents(product_ids)
        changed = self.index.put(documents)
        gone = set(product_ids) - {document.product_id for document in documents}
        self.index.remove(sorted(gone))
        return len(changed)

    @transactional
    def category(self, category_id: int, *, after: int = 0) -> None:
        """Index the next products in and below a category, and ask for those behind them."""
        below = subtree_ids(self.searchable.parents(), category_id)
        ids = self.searchable.in_category(below, after=after, limit=CHUNK)
        if ids:
            self.products(ids)
        if len(ids) == CHUNK:
            enqueue(REINDEX_CATEGORY, category_id=category_id, after=ids[-1])

    def everything(self, *, after: int = 0, report: Callable[[Reindexed], None] | None = None) -> Reindexed:
        """Index all products above `after`, then drop what should not be there. A transaction for every hundred.

        Shoppers search all the while: a product's entries change in one commit. Memory does not grow with the shop.
        """
        done = Reindexed(last_id=after)
        for ids in _chunks(lambda last: self.searchable.ids(after=last, limit=CHUNK), after):
            done.changed += self.products(ids)
            done.seen += len(ids)
            done.last_id = ids[-1]
            if report is not None:
                report(done)
        for ids in _chunks(lambda last: self.index.product_ids(after=last, limit=CHUNK), 0):
            stale = self._gone(ids)
            if stale:
                self.products(stale)
                done.stale += len(stale)
        return done

    def drift(self) -> Drift:
        """Compare everything, change nothing. A change that is on its way at this moment shows as drift, too."""
        drift = Drift()
        for ids in _chunks(lambda last: self.searchable.ids(after=last, limit=CHUNK), 0):
            drift.differing += self.index.differing(self.searchable.documents(ids))
            drift.seen += len(ids)
        for ids in _chunks(lambda last: self.index.product_ids(after=last, limit=CHUNK), 0):
            drift.stale += self._gone(ids)
        return drift

    def _gone(self, product_ids: Sequence[int]) -> list[int]:
        existing = self.searchable.existing(product_ids)
        return [product_id for product_id in product_ids if product_id not in existing]


def _chunks(read: Callable[[int], list[int]], after: int) -> Iterator[list[int]]:
    while ids := read(after):
        yield ids
        after = ids[-1]
