"""What others may hear of wish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class WishMade(DomainEvent):
    """A customer would like to have a SKU."""

    name: ClassVar[str] = "wish.made"

    customer_id: int
    sku_id: int
