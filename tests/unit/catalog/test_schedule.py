"""定时上下架: what may be scheduled, what a switch does, and what is left when it cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend.catalog.domain.error import NotAllowedNow, ScheduleMalformed
from backend.catalog.domain.facts import ProductFacts
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from tests.factories.catalog import sku_line

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def draft(*, price_fen: int = 1000) -> Product:
    lines = [sku_line(price_fen=price_fen)]
    return Product.draft("P", ProductFacts(category_id=1, title="t"), lines, by="t", at=NOW)


def on_sale() -> Product:
    product = draft()
    product.put_on_sale(at=NOW)
    return product


def schedule(product: Product, on: float | None, off: float | None) -> None:
    product.schedule(on_sale_at=None if on is None else at(on), off_sale_at=None if off is None else at(off), at=NOW)


@pytest.mark.parametrize(
    ("product", "on", "off", "flawed"),
    [
        (draft, -1, None, {"on_sale_at"}),
        (draft, 0, None, {"on_sale_at"}),
        (draft, None, 1, {"off_sale_at"}),
        (draft, 2, 1, {"off_sale_at"}),
        (draft, 1, 1, {"off_sale_at"}),
        (draft, -2, -1, {"on_sale_at", "off_sale_at"}),
        (on_sale, 1, None, {"on_sale_at"}),
        (on_sale, 1, 2, {"on_sale_at"}),
        (on_sale, None, -1, {"off_sale_at"}),
    ],
)
def test_times_that_do_not_fit_are_refused(
    product: Callable[[], Product], on: float | None, off: float | None, flawed: set[str]
) -> None:
    made = product()
    with pytest.raises(ScheduleMalformed) as refused:
        schedule(made, on, off)
    assert refused.value.errors.keys() == flawed
    assert (made.on_sale_at, made.off_sale_at, made.due_at) == (None, None, None)


def test_a_draft_goes_on_and_comes_off() -> None:
    product = draft()
    schedule(product, 1, 2)
    assert product.due_at == at(1)
    assert not product.switch_due(at=at(0.5))
    assert product.switch_due(at=at(1))
    assert (product.status, product.on_sale_at, product.due_at) == (ProductStatus.ON_SALE, None, at(2))
    assert product.switch_due(at=at(2))
    assert (product.status, product.off_sale_at, product.due_at) == (ProductStatus.OFF_SALE, None, None)


def test_what_was_slept_through_is_made_up_for_in_order() -> None:
    product = draft()
    schedule(product, 1, 2)
    product.switch_due(at=at(9))
    assert (product.status, product.due_at) == (ProductStatus.OFF_SALE, None)
    again = on_sale()
    schedule(again, 2, 1)
    again.switch_due(at=at(9))
    assert (again.status, again.due_at) == (ProductStatus.ON_SALE, None)


def test_what_cannot_be_is_given_up_with_its_reason() -> None:
    product = draft(price_fen=0)
    schedule(product, 1, 2)
    assert product.switch_due(at=at(1))
    assert (product.status, product.on_sale_at, product.due_at) == (ProductStatus.DRAFT, None, at(2))
    assert product.schedule_error.startswith("catalog.price_missing: 上架商品的每个规格")
    product.switch_due(at=at(2))
    assert (product.due_at, product.schedule_error[:21]) == (None, "catalog.price_missing")
    schedule(product, 3, None)
    assert product.schedule_error == ""


def test_a_hand_is_faster_than_the_clock() -> None:
    product = draft()
    schedule(product, 1, 2)
    product.put_on_sale(at=NOW)
    assert (product.on_sale_at, product.due_at) == (None, at(2))
    product.take_off_sale(at=NOW)
    assert (product.off_sale_at, product.due_at) == (None, None)
    schedule(product, 1, None)
    product.archive(at=NOW)
    assert product.due_at is None
    with pytest.raises(NotAllowedNow):
        schedule(product, 1, None)
