"""What the executors of the catalogue have in common: whom they are about, and what they are called."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.error import ProductNotFound
from backend.catalog.repository.product import ProductRepository
from backend.user import facade as user

MAX_REASON = 200

PRODUCTS = approval.Fact("products", "商品数", "Products")


class Action:
    """An executor that is nothing but its own action, and knows no facts."""

    right = "catalog:edit"
    facts: Sequence[approval.Fact] = ()
    also: Sequence[str] = ()

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return ()

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        return {}


class ProductsAction(Action):
    """Of one or several products: payloads name them in `product_ids`, strings as everywhere in JSON."""

    facts: Sequence[approval.Fact] = (PRODUCTS,)

    def __init__(self, products: ProductRepository) -> None:
        self.products = products

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        return {"products": len(payload["product_ids"])}

    def version(self, subject: str, payload: Any) -> int | None:
        """The sum: versions never go back, so any change of any of them is another sum."""
        wanted = ids_of(payload)
        versions = self.products.versions(wanted)
        return sum(versions.values()) if versions.keys() == set(wanted) else None

    def title(self, subject: str, payload: Any) -> str:
        named = self.labels(payload)
        more = f" … +{len(named) - 1}" if len(named) > 1 else ""
        return f"{named[0].title} ({named[0].code}){more}"

    def labels(self, payload: Any) -> list[Any]:
        """Code, title, status and category of each, in the order asked for. Raises `ProductNotFound`."""
        known = self.products.labels(ids_of(payload))
        try:
            return [known[product_id] for product_id in ids_of(payload)]
        except KeyError:
            raise ProductNotFound from None


def ids_of(payload: Any) -> list[int]:
    """The products a payload is about."""
    return [int(product_id) for product_id in payload["product_ids"]]


def about(product_ids: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """Subject and payload of a change of these products."""
    ids = [str(product_id) for product_id in product_ids]
    if len(ids) == 1:
        return f"product:{ids[0]}", {"product_ids": ids}
    digest = hashlib.sha256(",".join(sorted(ids)).encode()).hexdigest()
    return f"products:{digest[:32]}", {"product_ids": ids}


def reason_of(mandate: approval.Mandate) -> str:
    """What the price history keeps: why, and by whose word. The request has the rest."""
    reason = mandate.reason
    if mandate.request_id is None:
        return reason[:MAX_REASON]
    people = user.staff(ids=mandate.agreed_by)
    agreed = f" by {', '.join(people[staff_id].name for staff_id in mandate.agreed_by)}" if mandate.agreed_by else ""
    word = f"approval:{mandate.request_id}{agreed}"
    if len(word) > MAX_REASON:
        word = f"approval:{mandate.request_id}"
    room = MAX_REASON - len(word) - 3
    said = reason if len(reason) <= room else f"{reason[: max(room - 1, 0)]}…"
    return f"{said} · {word}" if said else word
