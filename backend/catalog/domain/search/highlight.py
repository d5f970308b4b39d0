"""Where in a title the words of a question stand: pieces of text, marked or not; the client draws them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from backend.catalog.domain.search.text import fold_character


@dataclass(frozen=True)
class Segment:
    """A piece of the title as it is stored: plain text, never HTML."""

    text: str
    marked: bool


def highlight(title: str, terms: Iterable[str]) -> list[Segment]:
    """The title in pieces that together are the title; what a term covers is marked."""
    folded = [(piece, place) for place, character in enumerate(title) for piece in fold_character(character)]
    text = "".join(piece for piece, _ in folded)
    marked = [False] * len(title)
    for term in terms:
        start = text.find(term)
        while start >= 0:
            for _, place in folded[start : start + len(term)]:
                marked[place] = True
            start = text.find(term, start + 1)
    pieces = groupby(zip(title, marked, strict=True), key=lambda pair: pair[1])
    return [Segment("".join(character for character, _ in group), is_marked) for is_marked, group in pieces]
