"""What an import did, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields

from backend.catalog.domain.facts import SkuFacts
from backend.catalog.domain.sku import Sku


@dataclass
class ImportOutcome:
    """Of what the sheet lists: how many are new, changed, and as they were."""

    categories_created: int = 0
    brands_created: int = 0
    tags_created: int = 0
    products_created: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    skus_created: int = 0
    skus_updated: int = 0
    skus_unchanged: int = 0

    @property
    def changed_anything(self) -> bool:
        """False for the second run of the same sheet."""
        return any([self.categories_created, self.products_created, self.products_updated])

    def __add__(self, other: ImportOutcome) -> ImportOutcome:
        names = [field.name for field in fields(self)]
        return ImportOutcome(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def count(
        self, changed: bool, before: Mapping[int, SkuFacts], after: Sequence[Sku], ever: AbstractSet[int], listed: int
    ) -> None:
        """Add a known product: its live SKUs `before` and `after`, the ids it `ever` had, how many were `listed`."""
        self.products_updated += changed
        self.products_unchanged += not changed
        created = sum(sku.id not in ever for sku in after)
        # An archived SKU that comes back was not live before: it counts as updated.
        updated = sum(sku.id in ever and before.get(sku.id) != sku.facts() for sku in after)
        self.skus_created += created
        self.skus_updated += updated
        self.skus_unchanged += listed - created - updated
