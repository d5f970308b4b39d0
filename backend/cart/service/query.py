"""The cart as the customer sees it: today's prices and marks, three queries whatever its size."""

from __future__ import annotations

from dataclasses import dataclass

from backend.cart.domain.line import CartLine
from backend.cart.domain.mark import Availability, availability
from backend.cart.repository.line import CartRepository
from backend.catalog import facade as catalog
from backend.inventory import facade as inventory
from backend.media import facade as media


@dataclass(frozen=True, kw_only=True)
class CartLineView:
    """One line with what the catalogue and the stock say of it now."""

    sku_id: int
    product_id: int | None
    title: str
    spec_text: str
    image_url: str
    unit: str
    quantity: int
    price_fen: int
    added_price_fen: int
    price_changed: bool
    availability: Availability
    max_quantity: int | None  # told only when fewer are left, or may be ordered, than wanted
    order_limit: int | None


@dataclass(frozen=True, kw_only=True)
class CartView:
    """All lines, and the amount of those that can be ordered."""

    items: list[CartLineView]
    orderable_fen: int


class CartQuery:
    """Shows the cart."""

    def __init__(self, lines: CartRepository) -> None:
        self.lines = lines

    def view(self, *, customer_id: int) -> CartView:
        """The whole cart, the last added first."""
        lines = self.lines.of_customer(customer_id)
        ids = [line.sku_id for line in lines]
        skus = catalog.sellable(sku_ids=ids) if ids else {}
        available = inventory.available(sku_ids=ids) if ids else {}
        items = [_view(line, skus.get(line.sku_id), available.get(line.sku_id, 0)) for line in lines]
        orderable = sum(item.price_fen * item.quantity for item in items if item.availability is Availability.OK)
        return CartView(items=items, orderable_fen=orderable)


def _view(line: CartLine, sku: catalog.SellableSku | None, available: int) -> CartLineView:
    limit = sku.order_limit if sku else None
    mark = availability(
        on_sale=sku is not None and sku.on_sale, available=available, quantity=line.quantity, order_limit=limit
    )
    price_fen = sku.price_fen if sku else line.added_price_fen
    return CartLineView(
        sku_id=line.sku_id,
        product_id=sku.product_id if sku else None,
        title=sku.title if sku else "",
        spec_text=sku.spec_text if sku else "",
        image_url=media.url(sku.image_url, variant="w200") if sku else "",
        unit=sku.unit if sku else "",
        quantity=line.quantity,
        price_fen=price_fen,
        added_price_fen=line.added_price_fen,
        price_changed=price_fen != line.added_price_fen,
        availability=mark,
        max_quantity=_most(mark, available, limit),
        order_limit=limit,
    )


def _most(mark: Availability, available: int, limit: int | None) -> int | None:
    if mark is Availability.OVER_LIMIT:
        return limit
    return available if mark is Availability.INSUFFICIENT else None
