"""The second pass: products are written a few at a time, each few in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from backend.catalog.domain.product import Product
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.importing.checking import PRODUCTS_AT_ONCE, Tell
from backend.catalog.service.importing.columns import CODE
from backend.catalog.service.importing.conflicts import conflicts, listed_bar_codes
from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.naming import SheetNaming
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.importing.products import ListedProduct, read_product
from backend.catalog.service.importing.spill import Spill
from backend.catalog.service.importing.writing import Written, write
from backend.catalog.service.registration import receive_initial, register_skus
from backend.catalog.service.showing import show_product, shows_files
from kit.cache.hot import HotCache
from kit.domain.error import DomainError
from kit.domain.words import Words
from kit.service.transaction import after_commit, transactional

_MOST_CONFLICTS = 200
_MEANWHILE = Words("导入期间该商品被他人修改：{reason}", "Somebody changed this product meanwhile: {reason}")
_CHECK_AGAIN = Words("请核对后重新导入这些行", "Check it, and import these rows again")


@dataclass(frozen=True, kw_only=True)
class ImportState:
    """How far the second pass has come: products up to `position` are written, or in conflict.

    `began`, ISO-8601: when the first look at the catalogue was taken. What is newer was changed by somebody else.
    """

    position: int = 0
    began: str | None = None
    outcome: ImportOutcome = field(default_factory=ImportOutcome)
    conflict_count: int = 0
    conflicts: tuple[Fault, ...] = ()
    """The first 200."""

    def after(self, listed: Sequence[ListedProduct], outcome: ImportOutcome, found: Sequence[Fault]) -> ImportState:
        """One step further."""
        return replace(
            self,
            position=listed[-1].position,
            outcome=self.outcome + outcome,
            conflict_count=self.conflict_count + len(found),
            conflicts=(*self.conflicts, *found)[:_MOST_CONFLICTS],
        )

    def is_older_than(self, product: Product | None) -> bool:
        """Somebody has changed the product since the sheet was compared with it."""
        return (
            product is not None and self.began is not None and product.updated_at > datetime.fromisoformat(self.began)
        )

    def as_json(self) -> dict[str, Any]:
        """For `from_json`."""
        return asdict(replace(self, conflicts=())) | {"conflicts": [fault.as_json() for fault in self.conflicts]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImportState:
        """What `as_json` gave."""
        found = tuple(map(Fault.from_json, stored["conflicts"]))
        return cls(**dict(stored) | {"outcome": ImportOutcome(**stored["outcome"]), "conflicts": found})


Keep = Callable[[ImportState], None]
"""Called inside the transaction that brings the import there."""


class Applying:
    """Killed in the middle and run again it ends in the same state: what is written already changes nothing."""

    def __init__(self, products: ProductRepository, naming: SheetNaming, cache: HotCache) -> None:
        self.products = products
        self.naming = naming
        self.cache = cache

    def apply(
        self, spill: Spill, total: int, state: ImportState, *, operator: str, now: datetime, keep: Keep, tell: Tell
    ) -> ImportState:
        """Go on from `state` to the end."""
        for groups in spill.chunks(PRODUCTS_AT_ONCE, after=state.position):
            listed = [product for group in groups if (product := read_product(group)[0]) is not None]
            state = self._apply(listed, state, operator=operator, now=now, keep=keep)
            tell(state.position / total)
        return state

    def _apply(
        self, listed: Sequence[ListedProduct], state: ImportState, *, operator: str, now: datetime, keep: Keep
    ) -> ImportState:
        try:
            return self._book(listed, state, operator=operator, now=now, keep=keep)
        except (DomainError, IntegrityError) as error:
            if len(listed) == 1:
                return self._pass_over(listed, state, error, keep=keep)
        # Somebody edits the same products at this moment: one by one, the others get through.
        for entry in listed:
            state = self._apply([entry], state, operator=operator, now=now, keep=keep)
        return state

    @transactional
    def _book(
        self, listed: Sequence[ListedProduct], state: ImportState, *, operator: str, now: datetime, keep: Keep
    ) -> ImportState:
        names = self.naming.look_up(listed)
        known = self.products.as_listed([entry.code for entry in listed])
        holders = self.products.holders_of(listed_bar_codes(listed))
        found = {entry.code: list(conflicts([entry], known, holders, now=now)) for entry in listed}
        for entry in listed:
            if not found[entry.code] and state.is_older_than(known.get(entry.code)):
                found[entry.code] = [
                    Fault(entry.row, CODE.name, entry.code, Words("资料已更新", "it is newer"), _CHECK_AGAIN)
                ]
        free = [entry for entry in listed if not found[entry.code]]
        outcome = ImportOutcome(
            categories_created=len(names.fresh_categories),
            brands_created=len(names.fresh_brands),
            tags_created=len(names.fresh_tags),
        )
        names = self.naming.write(listed, names)
        showed = {product.id for product in known.values() if shows_files(product)}
        written = [
            write(entry, names.facts(entry), known.get(entry.code), operator=operator, now=now, outcome=outcome)
            for entry in free
        ]
        self._put(written, operator=operator, now=now)
        for item in written:
            # Most sheets name pictures elsewhere: media is asked only about products that show its files, or did.
            if item.changed and (item.product.id in showed or shows_files(item.product)):
                show_product(item.product)
        after = state.after(listed, outcome, [_meanwhile(fault) for faults in found.values() for fault in faults])
        keep(after)
        if outcome.changed_anything:
            after_commit(self.cache.forget)
        return after

    def _put(self, written: Sequence[Written], *, operator: str, now: datetime) -> None:
        changed = [item.product for item in written if item.changed]
        self.products.add_all(changed)
        self.products.flush()
        self.products.project_stock([product.id for product in changed])
        register_skus(changed, operator=operator, now=now)
        # Contended rows last: stock is moved when everything else is written.
        quantities = {sku_id: units for item in written for sku_id, units in item.new_skus.items() if units}
        skus = (sku for item in written for sku in item.product.live_skus())
        costs = {sku.id: sku.cost_fen for sku in skus if sku.cost_fen is not None and sku.id in quantities}
        receive_initial(quantities, unit_costs_fen=costs, operator=operator, now=now)

    @transactional
    def _pass_over(
        self, listed: Sequence[ListedProduct], state: ImportState, error: Exception, *, keep: Keep
    ) -> ImportState:
        """The product stays as it is; the error sheet says why."""
        entry = listed[0]
        reason = (
            error.in_words()
            if isinstance(error, DomainError)
            else Words("编号、规格或条形码刚被占用", "its code, spec or bar code was just taken")
        )
        fault = Fault(entry.row, CODE.name, entry.code, reason, _CHECK_AGAIN)
        after = state.after(listed, ImportOutcome(), [_meanwhile(fault)])
        keep(after)
        return after


def _meanwhile(fault: Fault) -> Fault:
    return replace(fault, reason=_MEANWHILE.format(reason=fault.reason))
