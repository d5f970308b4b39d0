"""Name-value pairs in an order that matters: parameters of a product, and the spec that tells its SKUs apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend.catalog.domain.error import SpecMalformed

MAX_SPEC_NAMES = 5
# Of one product.
MAX_SKUS = 200


class NamedValue(NamedTuple):
    """产地: 山东烟台."""

    name: str
    value: str


def as_json(pairs: Iterable[NamedValue]) -> list[dict[str, str]]:
    """As the database and the API show pairs: a list, because objects lose their order in MySQL."""
    return [pair._asdict() for pair in pairs]


def from_json(stored: Sequence[dict[str, str]]) -> tuple[NamedValue, ...]:
    """The pairs of a stored list."""
    return tuple(NamedValue(pair["name"], pair["value"]) for pair in stored)


@dataclass(frozen=True)
class Spec:
    """What a SKU is among its siblings, e.g. 规格 500g and 口味 原味. Raises `SpecMalformed`."""

    pairs: tuple[NamedValue, ...]

    def __post_init__(self) -> None:
        if not self.pairs or len(self.names) != len(self.pairs):
            raise SpecMalformed(text=self.text)

    @property
    def names(self) -> frozenset[str]:
        """The names alone."""
        return frozenset(pair.name for pair in self.pairs)

    @property
    def text(self) -> str:
        """``规格:500g;口味:原味``."""
        return ";".join(f"{name}:{value}" for name, value in self.pairs)

    @property
    def key(self) -> str:
        """Equal for equal specs, whatever the order of their names. A hash: no collation decides what is the same."""
        return hashlib.sha256(json.dumps(sorted(self.pairs)).encode()).hexdigest()
