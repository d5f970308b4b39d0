"""What is indexed already is found by several words as soon as the schema is upgraded."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, select, text

from backend.catalog.domain.posting import PackedDocument, Posting
from backend.catalog.domain.search.document import packed
from backend.catalog.domain.search.question import ask
from backend.catalog.repository.search.index import SqlSearchIndex
from kit.db.extension import db
from tests.factories.catalog_search import document

BEFORE, AFTER = "0014", "0012"


def test_documents_are_packed_from_the_postings_there_are(fresh_app: Flask) -> None:
    upgrade(revision=BEFORE)
    wanted = {
        one.product_id: one.impacts()
        for one in (
            document(2**60, "羊毛毯 muji 20寸", codes=("A-1",), sales=9),
            document(7, "羊毛 毛巾"),
            document(8, "é"),
        )
    }
    rows = [
        {"product_id": product_id, "term": term, "impact": impact}
        for product_id, impacts in wanted.items()
        for term, impact in impacts.items()
    ]
    db.session.execute(insert(Posting), rows)
    db.session.commit()
    upgrade(revision=AFTER)
    found = db.session.execute(select(PackedDocument.product_id, PackedDocument.terms))
    assert {row.product_id: row.terms for row in found} == {key: packed(impacts) for key, impacts in wanted.items()}
    assert SqlSearchIndex().find(ask("羊毛 muji"), limit=5, exact=True).product_ids == [2**60]
    db.session.rollback()
    downgrade(revision=BEFORE)
    assert db.session.scalar(text("SELECT COUNT(*) FROM cat_search_posting")) == len(rows)


def test_an_empty_index_stays_empty(fresh_app: Flask) -> None:
    upgrade(revision=AFTER)
    assert db.session.scalar(text("SELECT COUNT(*) FROM cat_search_document")) == 0
