"""The customer changes the cart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from backend.cart.domain.error import CartFull, LineNotFound, OverOrderLimit, SkuNotSold
from backend.cart.domain.line import MAX_LINES, CartLine
from backend.cart.repository.line import CartRepository
from backend.catalog import facade as catalog
from kit.db.error import RunAgain, is_duplicate
from kit.service.transaction import transactional


class CartEditing:
    """Add, change, remove, clear."""

    def __init__(self, lines: CartRepository) -> None:
        self.lines = lines

    @transactional
    def add(self, *, customer_id: int, sku_id: int, quantity: int, now: datetime) -> CartLine:
        """Put `quantity` of a SKU in, on top of what is there. Raises `SkuNotSold`, `CartFull`, `OverOrderLimit`."""
        sku = catalog.sellable(sku_ids=[sku_id]).get(sku_id)
        if sku is None or not sku.on_sale:
            raise SkuNotSold
        present = self.lines.of_customer(customer_id)
        for line in present:
            if line.sku_id == sku_id:
                _check_limit(sku, line.quantity + quantity)
                line.add(quantity, price_fen=sku.price_fen)
                return line
        _check_limit(sku, quantity)
        if len(present) >= MAX_LINES:
            raise CartFull(maximum=MAX_LINES)
        line = CartLine(
            customer_id=customer_id, sku_id=sku_id, quantity=quantity, added_price_fen=sku.price_fen, added_at=now
        )
        self.lines.add(line)
        try:
            self.lines.flush()
        except IntegrityError as error:
            if is_duplicate(error):
                # Two taps at once: the second run finds the line of the first.
                raise RunAgain from error
            raise
        return line

    @transactional
    def change(self, *, customer_id: int, sku_id: int, quantity: int) -> CartLine:
        """Set the quantity of a line. Raises `LineNotFound`, `OverOrderLimit`."""
        line = self.lines.of_sku(customer_id, sku_id)
        if line is None:
            raise LineNotFound
        _check_limit(catalog.sellable(sku_ids=[sku_id]).get(sku_id), quantity)
        line.change(quantity)
        return line

    @transactional
    def remove(self, *, customer_id: int, sku_ids: Sequence[int]) -> int:
        """Take lines out; what is not there is fine. Returns how many were."""
        return self.lines.remove_skus(customer_id, sku_ids)

    @transactional
    def clear(self, *, customer_id: int) -> int:
        """Take everything out; returns how many lines there were."""
        return self.lines.remove_all(customer_id)


def _check_limit(sku: catalog.SellableSku | None, wanted: int) -> None:
    # What is not sold any more can still be counted down: ordering will refuse it anyway.
    if sku is not None and sku.order_limit is not None and wanted > sku.order_limit:
        raise OverOrderLimit(
            maximum=sku.order_limit, wanted=wanted, errors={"quantity": {"maximum": sku.order_limit, "wanted": wanted}}
        )
