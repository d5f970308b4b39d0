"""The counted questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from backend.catalog.domain.search_log import SearchCount
from kit.domain.identity import new_id
from kit.repository.base import Repository
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

# The day with the most recent questions first, on it those that disappointed most.
_COLUMNS = (SearchCount.day.expression, SearchCount.missed.expression, SearchCount.id.expression)
_MISSED = Keyset(_COLUMNS, ("day", "missed", "id"))
_COUNTS = SearchCount.__table__
_ADD = (
    update(_COUNTS)  # type: ignore[arg-type]  # a declarative class's table is a Table
    .where(_COUNTS.c.id == bindparam("known_id"))
    .values(
        times=_COUNTS.c.times + bindparam("more_times"),
        missed=_COUNTS.c.missed + bindparam("more_missed"),
        last_results=bindparam("results"),
        last_at=bindparam("at"),
    )
)


@dataclass(frozen=True)
class Counted:
    """How often a question was asked since the last flush."""

    words: str
    times: int
    missed: int
    last_results: int


class SearchLogRepository(Repository[SearchCount]):
    """Counts per question and day."""

    entity = SearchCount

    def add_counts(self, day: int, counted: Sequence[Counted], *, at: datetime) -> None:
        """Add to the day's rows; at most three statements (the driver repeats the update per row)."""
        words = [item.words for item in counted]
        query = select(SearchCount.id, SearchCount.words).where(SearchCount.day == day, SearchCount.words.in_(words))
        known = {row.words: row.id for row in self.session.execute(query.order_by(SearchCount.id).with_for_update())}
        more = [{"known_id": known[item.words], **_sums(item, at)} for item in counted if item.words in known]
        if more:
            self.session.connection().execute(_ADD, more)
        fresh = [
            {"id": new_id(), "day": day, "last_at": at, **vars(item)} for item in counted if item.words not in known
        ]
        if fresh:
            self.session.execute(insert(SearchCount), fresh)

    def missed(self, page: PageRequest) -> Page[Row[Any]]:
        """Questions that found nothing, day by day, the most frequent first."""
        query = select(*SearchCount.__table__.columns).where(SearchCount.missed > 0)
        for dialect in ("mysql", "mariadb"):
            # Nearly every row has its day among the latest: left alone, the optimiser sorts them all for twenty.
            query = query.with_hint(SearchCount, "FORCE INDEX FOR ORDER BY (ix_cat_search_count_missed)", dialect)
        return fetch_page(self.session, query, _MISSED, page)

    def popular(self, *, since: int, at_least: int, limit: int) -> list[tuple[str, int]]:
        """(question, times) of what was searched since the day `since` and mostly found something."""
        times = func.sum(SearchCount.times)
        query = (
            select(SearchCount.words, times.label("times"))
            .where(SearchCount.day >= since)
            .group_by(SearchCount.words)
            .having(times >= at_least, func.sum(SearchCount.missed) * 2 < times)
            .order_by(times.desc(), SearchCount.words)
            .limit(limit)
        )
        return [(row.words, int(row.times)) for row in self.session.execute(query)]

    def forget_before(self, day: int, *, limit: int) -> int:
        """Delete rows of earlier days; how many."""
        old = select(SearchCount.id).where(SearchCount.day < day).limit(limit)
        ids = list(self.session.scalars(old))
        if ids:
            gone = delete(SearchCount).where(SearchCount.id.in_(ids))
            self.session.execute(gone, execution_options={"synchronize_session": False})
        return len(ids)


def _sums(item: Counted, at: datetime) -> dict[str, Any]:
    return {"more_times": item.times, "more_missed": item.missed, "results": item.last_results, "at": at}
