"""Words to offer: arranged, hidden and learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select

from backend.catalog.domain.category import Category
from backend.catalog.domain.product import Product
from backend.catalog.domain.search.text import fold
from backend.catalog.domain.search_log import WORDS_LENGTH, SearchWord, WordKind
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tree import shown_ids
from kit.domain.identity import new_id
from kit.repository.base import Repository

_LAST_CHARACTER = "\U0010ffff"
_MOST_READ = 300


class SearchWordRepository(Repository[SearchWord]):
    """The vocabulary of suggestions and hot words."""

    entity = SearchWord

    def beginning_with(self, folded: str) -> list[Row[Any]]:
        """(kind, folded, word, weight) of words with this beginning, the first 300 in order of spelling."""
        query = (
            select(SearchWord.kind, SearchWord.folded, SearchWord.word, SearchWord.weight)
            .where(SearchWord.folded >= folded, SearchWord.folded < folded + _LAST_CHARACTER)
            .order_by(SearchWord.folded)
            .limit(_MOST_READ)
        )
        return list(self.session.execute(query))

    def strongest(self, kind: WordKind, limit: int) -> list[Row[Any]]:
        """(folded, word) of one kind, by weight."""
        query = select(SearchWord.folded, SearchWord.word).where(SearchWord.kind == kind)
        return list(self.session.execute(query.order_by(SearchWord.weight.desc(), SearchWord.id.desc()).limit(limit)))

    def replace(self, kind: WordKind, words: Iterable[tuple[str, int]]) -> None:
        """Make (word, weight) all the words of this kind."""
        rows: dict[str, dict[str, Any]] = {}
        for word, weight in words:
            key = fold(word)[:WORDS_LENGTH].strip()
            if key and key not in rows:
                rows[key] = {"folded": key, "word": word[:WORDS_LENGTH], "weight": weight, "kind": kind}
        self.session.execute(
            delete(SearchWord).where(SearchWord.kind == kind), execution_options={"synchronize_session": False}
        )
        if rows:
            # Arranged words of one weight keep the order they came in: ids run with time.
            self.session.execute(insert(SearchWord), [{"id": new_id(), **row} for row in rows.values()])

    def brands(self) -> Sequence[str]:
        """Brands of products on sale."""
        query = select(Product.brand).where(Product.status == ProductStatus.ON_SALE, Product.brand != "").distinct()
        return self.session.scalars(query).all()

    def categories(self) -> Sequence[str]:
        """Names of live categories that customers see."""
        columns = (Category.id, Category.parent_id, Category.shown, Category.name)
        rows = self.session.execute(select(*columns).where(Category.archived_at.is_(None))).all()
        shown = shown_ids({row.id: (row.parent_id, row.shown) for row in rows})
        return sorted({row.name for row in rows if row.id in shown})
