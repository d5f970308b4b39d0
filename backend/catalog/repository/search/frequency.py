"""How many products have a word: counted for rare words, remembered for frequent ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import scoped_session

from backend.catalog.repository.search.statements import frequencies

_MOST_COUNTED = 8192
_REMEMBERED_FROM = 64
_MOST_REMEMBERED = 10_000
_REMEMBERED_SECONDS = 600.0


class SearchFrequencies:
    """A rare word is counted for each question: it may have come this minute, and costs little.

    A frequent one stays frequent, and counting it costs: its number is remembered by this process for an hour. It
    only tells which of the words to begin with, so it may be old, and is rounded down to a power of two, so that all
    processes and all pages of an answer begin with the same word.
    """

    def __init__(self, session: scoped_session[Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.session = session
        self.clock = clock
        self._remembered: dict[str, tuple[int, float]] = {}

    def of(self, terms: Sequence[str]) -> dict[str, int]:
        """Term → number of products, at most `_MOST_COUNTED`. One statement, none when all are remembered."""
        now = self.clock()
        known = {term: self._remembered.get(term, (0, 0.0)) for term in terms}
        found = {term: documents for term, (documents, until) in known.items() if until > now}
        asked = [term for term in terms if term not in found]
        if asked:
            values: dict[str, Any] = {f"term_{place}": term for place, term in enumerate(asked)}
            for row in self.session.execute(frequencies(len(asked)), {**values, "most": _MOST_COUNTED}):
                found[asked[row.place]] = self._note(asked[row.place], row.documents, now)
        return found

    def _note(self, term: str, documents: int, now: float) -> int:
        if documents < _REMEMBERED_FROM:
            return documents
        rounded: int = 1 << (documents.bit_length() - 1)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[term] = (rounded, now + _REMEMBERED_SECONDS)
        return rounded
