"""On sale, off sale, by schedule, and gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.status import ProductStatus
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.approving import actions
from backend.catalog.service.approving.action import ProductsAction, ids_of
from backend.catalog.service.approving.wording import GONE, STATUS, change
from backend.catalog.service.bulk import Bulk, Pick
from backend.catalog.service.editing import Editing
from backend.catalog.service.selling import Selling


class OnSale(ProductsAction):
    """上架 of one product, or of several: then all of them or none."""

    action = actions.PRODUCT_ON_SALE
    zh = "商品上架"
    en = "Put products on sale"
    right = "catalog:sell"
    becomes = ProductStatus.ON_SALE

    def __init__(self, products: ProductRepository, selling: Selling, bulk: Bulk) -> None:
        super().__init__(products)
        self.selling = selling
        self.bulk = bulk

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        return [
            change(
                f"status.{one.code}",
                f"{one.title}（{one.code}）状态",
                f"{one.title} ({one.code}), state",
                STATUS[one.status],
                STATUS[self.becomes],
            )
            for one in self.labels(payload)
        ]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> Any:
        if not payload.get("bulk"):
            return self.selling.put_on_sale(ids_of(payload)[0], now=now)
        return self.bulk.put_on_sale(picks_of(payload), now=now)


class OffSale(OnSale):
    """下架."""

    action = actions.PRODUCT_OFF_SALE
    zh = "商品下架"
    en = "Take products off sale"
    becomes = ProductStatus.OFF_SALE

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> Any:
        if not payload.get("bulk"):
            return self.selling.take_off_sale(ids_of(payload)[0], now=now)
        return self.bulk.take_off_sale(picks_of(payload), now=now)


class Schedule(ProductsAction):
    """定时上下架. Payload: ``on_sale_at`` and ``off_sale_at``, ISO 8601 or null. Later is going on sale, too."""

    action = actions.PRODUCT_SCHEDULE
    zh = "定时上下架"
    en = "Schedule a product"
    right = "catalog:sell"
    also: Sequence[str] = (actions.PRODUCT_ON_SALE, actions.PRODUCT_OFF_SALE)

    def __init__(self, products: ProductRepository, selling: Selling) -> None:
        super().__init__(products)
        self.selling = selling

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        on, off = payload["on_sale_at"], payload["off_sale_at"]
        return {name for name, moment in zip(self.also, (on, off), strict=True) if moment is not None}

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        product = self.products.of_id(ids_of(payload)[0])
        return [
            change("on_sale_at", "定时上架", "On sale at", _text(product.on_sale_at), payload["on_sale_at"]),
            change("off_sale_at", "定时下架", "Off sale at", _text(product.off_sale_at), payload["off_sale_at"]),
        ]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> None:
        on, off = _moment(payload["on_sale_at"]), _moment(payload["off_sale_at"])
        self.selling.schedule(ids_of(payload)[0], on_sale_at=on, off_sale_at=off, now=now)


class Delete(ProductsAction):
    """Archived, or, with ``erase`` in the payload, gone for good."""

    action = actions.PRODUCT_DELETE
    zh = "删除商品"
    en = "Delete a product"

    def __init__(self, products: ProductRepository, editing: Editing) -> None:
        super().__init__(products)
        self.editing = editing

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        becomes = GONE if payload["erase"] else STATUS[ProductStatus.ARCHIVED]
        return [change("status", "状态", "State", STATUS[one.status], becomes) for one in self.labels(payload)]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> None:
        product_id = ids_of(payload)[0]
        if payload["erase"]:
            self.editing.erase(product_id, now=now)
        else:
            self.editing.archive(product_id, now=now)


def picks_of(payload: Any) -> list[Pick]:
    """As bulk changes take them; what the sender has seen was looked at when it was asked for."""
    return [Pick(product_id=product_id) for product_id in ids_of(payload)]


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
