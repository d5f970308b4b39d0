"""What an order costs. Pure calculation on fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """`quantity` of a SKU at today's price, with the snapshot that goes onto the order."""

    sku_id: int
    product_id: int
    sku_code: str
    title: str
    spec_text: str
    image_url: str
    unit: str
    price_fen: int
    quantity: int

    @property
    def amount_fen(self) -> int:
        """Price times quantity."""
        return self.price_fen * self.quantity


class FreightRule(Protocol):
    """What transport costs; logistics brings richer rules later."""

    def freight_fen(self, *, goods_fen: int) -> int:
        """Freight of an order with goods of this amount."""


@dataclass(frozen=True)
class FlatFreight:
    """One price, free from an amount of goods on."""

    flat_fen: int
    free_from_fen: int

    def freight_fen(self, *, goods_fen: int) -> int:
        return 0 if goods_fen >= self.free_from_fen else self.flat_fen


@dataclass(frozen=True)
class Quote:
    """The amounts of an order before it is placed."""

    lines: tuple[PricedLine, ...]
    goods_fen: int
    freight_fen: int

    @property
    def payable_fen(self) -> int:
        """What the buyer pays."""
        return self.goods_fen + self.freight_fen


def quote(lines: Sequence[PricedLine], freight: FreightRule) -> Quote:
    """Add everything up."""
    goods_fen = sum(line.amount_fen for line in lines)
    return Quote(tuple(lines), goods_fen, freight.freight_fen(goods_fen=goods_fen))
