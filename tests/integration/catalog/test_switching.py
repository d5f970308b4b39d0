"""The sweep of scheduled products: each is switched once, and one that breaks does not keep the others waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.switching import PATIENCE, Switching
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.catalog import ProductFixture, make_product
from tests.support.threads import at_once

SOON = timedelta(hours=1)


def scheduled(count: int) -> list[ProductFixture]:
    made = [make_product(on_sale=False) for _ in range(count)]
    for number, one in enumerate(made):
        on_sale_at = utc_now() + SOON + timedelta(seconds=number)
        services().selling.schedule(one.product_id, on_sale_at=on_sale_at, off_sale_at=None, now=utc_now())
    return made


def on_sale() -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(Product.id).where(Product.status == ProductStatus.ON_SALE)))


@pytest.mark.usefixtures("app")
def test_only_what_is_due_is_switched_and_only_once() -> None:
    first, second = scheduled(2)
    due = utc_now() + SOON
    assert services().switching.switch_due(now=utc_now()) == 0
    assert services().switching.switch_due(now=due) == 1
    assert on_sale() == {first.product_id}
    assert services().switching.switch_due(now=due) == 0
    assert services().switching.switch_due(now=due + SOON) == 1
    assert on_sale() == {first.product_id, second.product_id}


@pytest.mark.usefixtures("app")
def test_one_that_breaks_is_tried_again_later_and_the_others_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = scheduled(2)
    whole = Product.switch_due

    def breaks(product: Product, **now: Any) -> bool:
        if product.id == broken.product_id:
            raise ZeroDivisionError
        return whole(product, **now)

    monkeypatch.setattr(Product, "switch_due", breaks)
    late = utc_now() + SOON + SOON
    assert services().switching.switch_due(now=late) == 1
    assert on_sale() == {fine.product_id}
    monkeypatch.undo()
    assert services().switching.switch_due(now=late) == 0
    assert services().switching.switch_due(now=late + PATIENCE) == 1
    assert on_sale() == {fine.product_id, broken.product_id}


@pytest.mark.usefixtures("app")
def test_the_claim_of_the_sweep_is_no_edit() -> None:
    (made,) = scheduled(1)
    version = services().query.product(made.product_id)["version"]
    services().switching._claim(now=utc_now() + SOON + SOON)
    services().selling.put_on_sale(made.product_id, version=version, now=utc_now())


@pytest.mark.commits
@pytest.mark.parametrize("claiming", [True, False])
def test_two_sweeps_at_once_share_the_work(app: Flask, monkeypatch: pytest.MonkeyPatch, claiming: bool) -> None:
    """Control: without claims both take every product up."""
    made = scheduled(6)
    tried: list[int] = []
    whole = Switching._switch

    def noted(switching: Switching, product_id: int, **now: Any) -> bool:
        tried.append(product_id)
        return whole(switching, product_id, **now)

    monkeypatch.setattr(Switching, "_switch", noted)
    if not claiming:
        monkeypatch.setattr(Switching, "_claim", lambda *_, **__: [one.product_id for one in made])
    db.session.remove()
    results = at_once(app, [lambda: services().switching.switch_due(now=utc_now() + SOON + SOON)] * 2)
    assert sum(results) == 6
    assert on_sale() == {one.product_id for one in made}
    assert len(tried) == (6 if claiming else 12)
