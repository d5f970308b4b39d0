"""A customer searches: hits as cards, with what was found marked in the titles."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.catalog.domain.search.highlight import highlight
from backend.catalog.domain.search.port import Place, SearchIndex
from backend.catalog.domain.search.question import Question, ask
from backend.catalog.repository.search.index import RELAXED
from backend.catalog.service.searching.recording import Recording
from backend.catalog.service.shopping.storefront import Storefront
from kit.repository.page import BadCursor, PageRequest, decode_cursor, encode_cursor


class Finding:
    """Answers questions about products on sale."""

    def __init__(self, index: SearchIndex, storefront: Storefront, recording: Recording) -> None:
        self.index = index
        self.storefront = storefront
        self.recording = recording

    def search(self, text: str, page: PageRequest) -> dict[str, Any]:
        """The best hits first; `relaxed` when no product has all the words. Raises `BadCursor`."""
        question = ask(text)
        after = None if page.cursor is None else _place(page.cursor)
        found = self.index.find(question, limit=page.limit, after=after)
        cards = self.storefront.cards(found.product_ids) if found.product_ids else {}
        if page.cursor is None:
            # A guess is no answer: staff see the words that the shop does not have.
            self.recording.note(question, 0 if found.guessed else len(cards))
        # The index is a moment behind: what has left the shelf meanwhile has no card.
        items = [_hit(cards[product_id], question) for product_id in found.product_ids if product_id in cards]
        return {"items": items, "next_cursor": _cursor(found.after), "relaxed": found.relaxed}

    def titles(self, text: str, limit: int) -> list[str]:
        """Titles of the best hits, for suggestions."""
        found = self.index.find(ask(text), limit=limit, exact=True)
        cards = self.storefront.cards(found.product_ids) if found else {}
        return [cards[product_id]["title"] for product_id in found.product_ids if product_id in cards]


def _hit(card: dict[str, Any], question: Question) -> dict[str, Any]:
    segments = highlight(card["title"], (*question.required, *question.helpful))
    return card | {"title_segments": [asdict(segment) for segment in segments]}


def _cursor(after: Place | None) -> str | None:
    return None if after is None else encode_cursor([after.tier, after.score, after.product_id])


def _place(cursor: str) -> Place:
    place = Place(*decode_cursor(cursor, 3))
    if not 0 <= place.tier <= RELAXED:
        raise BadCursor.naming("cursor")
    return place
