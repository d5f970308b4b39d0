"""One rule that changes many prices (批量改价)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kit.domain.money import MAX_FEN

_WHOLE = 10_000


class PriceRuleKind(StrEnum):
    """To a price, by a share of the old one, by an amount."""

    SET = "set"
    PERCENT = "percent"
    AMOUNT = "amount"


class Rounding(StrEnum):
    """What a computed price is a whole number of: 分, 角, 元. Halves go up."""

    FEN = "fen"
    JIAO = "jiao"
    YUAN = "yuan"


_STEPS = {Rounding.FEN: 1, Rounding.JIAO: 10, Rounding.YUAN: 100}


@dataclass(frozen=True, kw_only=True)
class PriceRule:
    """`value`: fen for set and amount, hundredths of a percent for percent (-1000: 10 % cheaper).

    `rounding` is for percent alone: the others say exactly what they mean.
    """

    kind: PriceRuleKind
    value: int
    rounding: Rounding = Rounding.FEN

    def price_of(self, old_fen: int) -> int:
        """The new price, possibly one that cannot be."""
        if self.kind is PriceRuleKind.SET:
            return self.value
        if self.kind is PriceRuleKind.AMOUNT:
            return old_fen + self.value
        step = _STEPS[self.rounding]
        # Integers all the way: half of a step is added before the floor.
        return (2 * old_fen * (_WHOLE + self.value) + _WHOLE * step) // (2 * _WHOLE * step) * step


@dataclass(frozen=True, kw_only=True)
class Repriced:
    """What becomes of one SKU."""

    sku_id: int
    sku_code: str
    spec_text: str
    old_price_fen: int
    new_price_fen: int

    @property
    def is_possible(self) -> bool:
        """Within what a price may be."""
        return 0 <= self.new_price_fen <= MAX_FEN

    @property
    def changes(self) -> bool:
        """False when the rule leaves it as it is."""
        return self.old_price_fen != self.new_price_fen
