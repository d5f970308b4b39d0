"""Staff look after search."""

from __future__ import annotations

from typing import Any

from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.search import HotWordsInputSchema, HotWordsSchema, MissedSearchSchema
from backend.catalog.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.version import StaleVersion
from kit.repository.page import PageRequest
from kit.schema.page import PageArguments, page_of
from kit.security.guard import requires

search_admin = StaffBlueprint(
    "catalog_search_admin", __name__, description="搜索 Hot words, and what was not found", tag="搜索 Search"
)


@search_admin.route("/search/misses", methods=["GET"])
@requires(CatalogPermission.READ)
@search_admin.arguments(PageArguments, location="query")
@search_admin.response(200, page_of(MissedSearchSchema))
def list_missed_searches(arguments: dict[str, PageRequest]) -> Any:
    """What customers searched for in vain: the latest day first, on it the most frequent. Half a minute behind."""
    return services().search_log.missed(arguments["page"])


@search_admin.route("/search/hot-words", methods=["GET"])
@requires(CatalogPermission.READ)
@search_admin.response(200, HotWordsSchema)
def show_hot_words() -> Any:
    """Which words are arranged (热搜词), and which are hidden."""
    return services().offering.arrangement()


@search_admin.route("/search/hot-words", methods=["PUT"])
@requires(CatalogPermission.EDIT)
@raises(StaleVersion)
@search_admin.arguments(HotWordsInputSchema)
@search_admin.response(200, HotWordsSchema)
def arrange_hot_words(chosen: dict[str, Any]) -> Any:
    """Replace both lists. Arranged words come first, then the most searched of seven days."""
    services().offering.arrange(**chosen)
    return services().offering.arrangement()
