"""What the shopkeeper with a pencil writes down about the stock."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Shelf:
    """A SKU at a place: units of each batch (one without a name for plain goods), and what was promised."""

    batches: dict[str, int] = field(default_factory=dict)
    reserved: int = 0

    @property
    def on_hand(self) -> int:
        return sum(self.batches.values())

    def add(self, name: str, many: int) -> None:
        self.batches[name] = self.batches.get(name, 0) + many


@dataclass
class Sheet:
    """A count sheet of one SKU at the default place: batch → line, and what posting shall leave of the mistake."""

    number: int
    sku: int
    lines: dict[str, int]
    wrong: dict[str, int] = field(default_factory=dict)
