"""Customers search."""

from __future__ import annotations

from typing import Any

from flask import Response

from backend.catalog.schema.search import SearchArguments, SearchResultSchema, SuggestionArguments, WordsSchema
from backend.catalog.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises, revalidated
from kit.api.throttle import throttled
from kit.cache.hot import HotBytes
from kit.repository.page import PageRequest
from kit.security.guard import public

search = MemberBlueprint("catalog_search", __name__, description="搜索 Finding products by words", tag="搜索 Search")

# Generous: many customers share the address of a carrier, and suggestions come with every key.
_SEARCHES, _SUGGESTIONS = "600 per minute", "1200 per minute"


@search.route("/search", methods=["GET"])
@public("anybody may look into the shop window")
@throttled(_SEARCHES)
@raises()
@search.arguments(SearchArguments, location="query")
@search.response(200, SearchResultSchema)
def search_products(arguments: dict[str, Any]) -> Response:
    """Products on sale by words, the best first. Chinese, Latin, measures (500g), a product's or SKU's whole code.

    Products with all the words come first, then those with most of them; `relaxed` is true when a page has none of
    the former. A question with words that no product has is answered by what they are made of, or by what the last
    of them names: 狗窝 by 宠物窝. A page may be shorter than `limit`: go on while there is a `next_cursor`.
    `title_segments` is the title in pieces, what was found is marked.
    """
    page: PageRequest = arguments["page"]
    return HotBytes.of(services().finding.search(arguments["q"], page)).answer()


@search.route("/search/suggestions", methods=["GET"])
@public("anybody may look into the shop window")
@throttled(_SUGGESTIONS)
@search.arguments(SuggestionArguments, location="query")
@search.response(200, WordsSchema)
def suggest_words(arguments: dict[str, Any]) -> Any:
    """At most ten words or titles that go on from what was typed: arranged, often searched, categories, brands."""
    return {"items": services().offering.suggestions(arguments["q"])}


@search.route("/search/hot-words", methods=["GET"])
@public("anybody may look into the shop window")
@revalidated
@search.response(200, WordsSchema)
def list_hot_words() -> Response:
    """热搜词: at most ten words to show before anything is typed. Send the ETag back as If-None-Match."""
    return services().offering.hot_words().answer()
