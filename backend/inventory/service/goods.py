"""The one way goods come, go and are corrected: lock the rows, work every leg out, write rows, batches and ledger."""

from __future__ import annotations

from collections.abc import Sequence

from backend.inventory.domain.error import UnknownSku
from backend.inventory.domain.movement import BookedLeg, Booking, Key, Leg, StockLevel
from backend.inventory.domain.shelf import Shelf
from backend.inventory.domain.step import step
from backend.inventory.repository.batch import BatchRepository
from backend.inventory.repository.goods import GoodsRepository
from backend.inventory.service.announcing import announce
from backend.inventory.service.shelf_life import ShelfLife
from kit.domain.error import DomainError


class Goods:
    """Call inside a use case, last: it locks contended rows. Statements do not depend on the number of legs."""

    def __init__(self, stock: GoodsRepository, batches: BatchRepository, shelf_life: ShelfLife) -> None:
        self.stock = stock
        self.batches = batches
        self.shelf_life = shelf_life

    def book(self, legs: Sequence[Leg], booking: Booking) -> list[BookedLeg]:
        """All legs or none. Raises `UnknownSku`, `OutOfStock`, `GoodsPromised`, `GoodsExpired`, `MovementRepeated`.

        Also what a leg's batch or quantity is refused for; refusals of one kind name all SKUs at once.
        """
        before = self._rows(legs, booking)
        shelf = self._shelf(before, legs)
        rows = dict(before)
        self.shelf_life.settle(rows, shelf, now=booking.at)
        booked = _work_out(rows, legs, shelf, booking)
        self.stock.write(before, rows, at=booking.at)
        self.stock.write_goods(booked, booking)
        self.batches.write(shelf, booking)
        announce(((before[key], rows[key]) for key in rows), at=booking.at)
        return booked

    def _rows(self, legs: Sequence[Leg], booking: Booking) -> dict[Key, StockLevel]:
        keys = {leg.key for leg in legs}
        rows = self.stock.lock(keys)
        missing = sorted(keys - rows.keys())
        if missing:
            unknown = self.stock.open_rows(missing, at=booking.at)
            if unknown:
                raise UnknownSku.naming(*(str(key[0]) for key in unknown))
            rows |= self.stock.lock(missing)
        return rows

    def _shelf(self, rows: dict[Key, StockLevel], legs: Sequence[Leg]) -> Shelf:
        tracked = [key for key, row in rows.items() if row.tracked]
        named = {leg.batch.batch_no for leg in legs if leg.batch is not None}
        named |= {ref.batch_no for leg in legs for ref, _ in leg.batches}
        shelf = self.batches.shelf(tracked, named)
        moving = {leg.key for leg in legs if leg.follows} & set(tracked)
        if moving:
            # A batch that was here before, and left, is filled again rather than made a second time.
            names = {batch_no for batches in shelf.batches.values() for batch_no in batches}
            shelf = self.batches.shelf(tracked, names | named)
        return shelf


def _work_out(rows: dict[Key, StockLevel], legs: Sequence[Leg], shelf: Shelf, booking: Booking) -> list[BookedLeg]:
    """Every leg in turn, on the rows that the one before left; `rows` are brought up to date."""
    booked: list[BookedLeg] = []
    refused: list[DomainError] = []
    earlier: BookedLeg | None = None
    for leg in legs:
        if leg.follows and earlier is None:
            continue
        try:
            earlier = step(rows[leg.key], leg, shelf, earlier=earlier, at=booking.at)
        except DomainError as error:
            refused.append(error)
            earlier = None
            continue
        rows[leg.key] = earlier.after
        booked.append(earlier)
    if refused:
        kind = type(refused[0])
        same = [error for error in refused if type(error) is kind]
        raise kind(
            errors={name: what for error in same for name, what in error.errors.items()}, **refused[0].params
        ) from None
    return booked
