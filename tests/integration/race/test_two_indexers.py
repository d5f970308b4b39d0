"""Two workers index one product at once: the index says what the later one read."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.catalog.domain.posting import Posting
from backend.catalog.domain.product import Product
from backend.catalog.repository.search.searchable import Searchable
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.catalog_search import make_indexed
from tests.support.fresh import fresh_session
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only


def race(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first has read 羊毛被 and dawdles; meanwhile it becomes 蚕丝被, and the second indexes that."""
    made = make_indexed("棉被")
    rename(made.product_id, "羊毛被")
    has_read, renamed = threading.Event(), threading.Event()
    documents = Searchable.documents
    slow = threading.Lock()

    def dawdle(self: Searchable, product_ids: Any) -> Any:
        read = documents(self, product_ids)
        if slow.acquire(blocking=False):
            has_read.set()
            renamed.wait(1.5)
        return read

    monkeypatch.setattr(Searchable, "documents", dawdle)

    def first() -> None:
        services().indexing.products([made.product_id])

    def second() -> None:
        has_read.wait(5)
        rename(made.product_id, "蚕丝被")
        services().indexing.products([made.product_id])
        renamed.set()

    at_once(app, [first, second])
    fresh_session()
    words = select(Posting.term).where(Posting.term.in_(["棉", "羊毛", "蚕丝"])).order_by(Posting.term)
    return list(db.session.scalars(words))


def rename(product_id: int, title: str) -> None:
    statement = update(Product).where(Product.id == product_id).values(title=title)
    in_transaction(lambda: db.session.execute(statement, execution_options={"synchronize_session": False}))


def test_the_index_says_what_is_true_at_the_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(app, monkeypatch) == ["蚕丝"]


def test_control_without_holding_the_product_the_slow_one_has_the_last_word(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searchable, "hold", lambda self, product_ids: None)
    assert race(app, monkeypatch) == ["羊毛"]
