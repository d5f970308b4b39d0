"""Whoever renames a brand or a tag tells those who find products by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.catalog.domain.brand import BrandFacts
from backend.catalog.domain.tag import TagFacts
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.event.outbox import OutboxMessage
from tests.factories.catalog import make_product

pytestmark = pytest.mark.usefixtures("app")


def told() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(OutboxMessage.id)).all())


def test_a_renamed_brand_is_told_once_and_only_when_its_name_changed() -> None:
    brand_id = services().brands.add(BrandFacts(name="Nike"))
    for _ in range(3):
        make_product(brand_id=brand_id)
    before = told()
    services().brands.change(brand_id, BrandFacts(name="Nike", sort_order=3), version=1)
    assert told() == before
    services().brands.change(brand_id, BrandFacts(name="耐克"), version=2)
    assert told() == before + 1


def test_a_renamed_and_a_deleted_tag_are_told() -> None:
    tag_id = services().tags.add(TagFacts(name="当季"))
    make_product(tag_ids=frozenset({tag_id}))
    before = told()
    services().tags.change(tag_id, TagFacts(name="应季"), version=1)
    assert told() == before + 1
    services().tags.remove(tag_id, version=2)
    assert told() == before + 2
