"""Every operation on stock, in any order, against a shopkeeper with a pencil, who knows units and dates and no SQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.inventory import facade as inventory
from backend.inventory.domain.batch import end_of
from backend.inventory.domain.error import GoodsExpired, GoodsPromised, OutOfStock, ReturnedTooMuch
from backend.inventory.domain.location import DAMAGED_LOCATION
from backend.inventory.domain.movement import BatchRef, Booking, Move
from backend.inventory.domain.paper import Line, Paper
from backend.inventory.wiring import services
from kit.domain.error import DomainError
from tests.factories.inventory import OPERATOR, new_sku
from tests.factories.stockroom import batches_of, new_location
from tests.integration.inventory.pencil import Sheet, Shelf

SKUS, UNITS = 3, 6
START = datetime(2030, 1, 1, 4, tzinfo=UTC)
# Place → SKU, units, days to its last day, unit cost.
FIRST = {0: ((0, 8, 1, 100), (1, 3, 1, 100), (2, 4, 1, 100), (2, 4, 2, 100)), 1: ((0, 4, 1, 100), (2, 3, 2, 100))}
sku = st.sampled_from([0, 1, 2, 2])
units = st.integers(1, UNITS)
place = st.integers(0, 2)  # the default, another sellable one, the damaged goods


class StockMachine(RuleBasedStateMachine):
    """SKU 0 and 1 are plain goods, SKU 2 is dated. `taken` counts the steps of all runs.

    Each example has the database to itself: `isolated` takes back what was done in it, so that the thousandth is as
    fast as the first.
    """

    taken = 0
    isolated: ClassVar[Callable[[], AbstractContextManager[None]]]

    def __init__(self) -> None:
        super().__init__()
        self.ends = ExitStack()
        self.ends.enter_context(StockMachine.isolated())

    @initialize()
    def open_shop(self) -> None:
        self.now = START
        self.serial = 0
        self.places = [1, new_location(), DAMAGED_LOCATION]
        self.skus = [new_sku() for _ in range(SKUS)]
        services().places.track_batches(self.skus[2], True, operator=OPERATOR, now=self.now)
        self.shelves = {(one, where): Shelf() for one in range(SKUS) for where in range(3)}
        self.expiry: dict[str, datetime] = {}
        # Reference → (SKU, place) → units.
        self.open: dict[str, dict[tuple[int, int], int]] = {}
        self.holds: dict[str, datetime] = {}
        self.out: dict[str, dict[int, list[int]]] = {}
        self.left_batches: dict[str, dict[str, int]] = {}
        self.sheets: list[Sheet] = []
        for where, goods in FIRST.items():
            self.stock_up(where, *goods)

    # ---- what the pencil knows

    def fresh(self, one: int, where: int) -> dict[str, int]:
        """Batches that may be sold, the first to expire first."""
        stock = self.shelves[one, where].batches
        good = [name for name, many in stock.items() if many and (not name or self.expiry[name] > self.now)]
        return {name: stock[name] for name in sorted(good, key=lambda name: (self.expiry.get(name, START), name))}

    def free(self, one: int, where: int) -> int:
        return sum(self.fresh(one, where).values()) - self.shelves[one, where].reserved

    def available(self, one: int, where: int) -> int:
        return max(self.free(one, where), 0) if where < 2 else 0

    def take(self, one: int, where: int, many: int) -> dict[str, int]:
        taken = {}
        for name, there in self.fresh(one, where).items():
            part = min(many, there)
            if part:
                self.shelves[one, where].batches[name] -= part
                taken[name] = part
                many -= part
        assert many == 0
        return taken

    def corrected(self, one: int, where: int, name: str, delta: int) -> None:
        """Open sheets over the same goods have one mistake less to correct."""
        for sheet in self.sheets:
            if where == 0 and sheet.sku == one and name in sheet.wrong:
                sheet.wrong[name] -= delta

    def next(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}:{self.skus[0]}-{self.serial}"

    def booking(self, reference: str) -> Booking:
        return Booking(reference, "x", OPERATOR, self.now)

    def paper(self, *lines: Line, where: int = 0, **over: Any) -> Paper:
        values = {"reason": "x", "operator": OPERATOR, "at": self.now, "location_id": self.places[where]}
        return Paper(lines=lines, **(values | over))

    def refused(self, kind: type[DomainError] | tuple[type[DomainError], ...], work: Any) -> None:
        try:
            work()
        except kind:
            return
        raise AssertionError(f"{kind} expected")

    def ref(self, name: str) -> BatchRef | None:
        return BatchRef(name) if name else None

    # ---- what happens

    @rule(one=sku, where=place, many=units, days=st.integers(1, 3), cost=st.integers(0, 999))
    def come_in(self, one: int, where: int, many: int, days: int, cost: int) -> None:
        self.stock_up(where, (one, many, days, cost))

    def stock_up(self, where: int, *goods: tuple[int, int, int, int]) -> None:
        lines = []
        for one, many, days, cost in goods:
            batch, name = None, ""
            if one == 2:
                day = (self.now + timedelta(hours=8)).date() + timedelta(days=days)
                name = f"D{day:%y%m%d}"
                batch = BatchRef(name, None, day)
                self.expiry[name] = end_of(day)
            lines.append(Line(self.skus[one], many, batch, cost))
            self.shelves[one, where].add(name, many)
        services().documents.inbound(self.paper(*lines, where=where))

    @rule(one=sku, where=place, many=units)
    def leave(self, one: int, where: int, many: int) -> None:
        def work() -> int:
            return services().documents.outbound(self.paper(Line(self.skus[one], many), where=where))

        if self.free(one, where) < many:
            self.refused(OutOfStock, work)
        else:
            work()
            self.take(one, where, many)

    @rule(one=sku, where=place, to=place, many=units)
    def go_over(self, one: int, where: int, to: int, many: int) -> None:
        if where == to:
            return

        def work() -> int:
            paper = self.paper(Line(self.skus[one], many), where=where, to_location_id=self.places[to])
            return services().documents.transfer(paper)

        if self.free(one, where) < many:
            self.refused(OutOfStock, work)
            return
        work()
        for name, part in self.take(one, where, many).items():
            self.shelves[one, to].add(name, part)

    @rule(one=sku, where=place, many=st.integers(-UNITS, UNITS), pick=st.integers(0, 9), broken=st.booleans())
    def correct(self, one: int, where: int, many: int, pick: int, broken: bool) -> None:
        """An adjustment, or (of what leaves) a write-off."""
        names = [name for name, there in self.shelves[one, where].batches.items() if there] if one == 2 else [""]
        if many == 0 or not names:
            return
        name = names[pick % len(names)]

        def work() -> int:
            if many < 0 and broken:
                goods = Line(self.skus[one], -many, self.ref(name))
                return services().documents.write_off(self.paper(goods, where=where))
            line = {"sku_id": str(self.skus[one]), "quantity": many, "batch_no": name or None}
            payload = {"location_id": str(self.places[where]), "reason": "x", "lines": [line]}
            return services().adjusting.apply(payload, operator=OPERATOR, now=self.now)

        if many < 0 and not self.can_lose(one, where, name, -many):
            self.refused((OutOfStock, GoodsPromised), work)
            return
        work()
        self.shelves[one, where].add(name, many)
        if not (many < 0 and broken):
            self.corrected(one, where, name, many)

    def can_lose(self, one: int, where: int, name: str, many: int) -> bool:
        """Fresh goods that nobody was promised; of expired ones also what a promise cannot take any more."""
        shelf, fresh = self.shelves[one, where], name in self.fresh(one, where)
        spare = self.free(one, where) if fresh else shelf.on_hand - shelf.reserved
        return many <= min(shelf.batches.get(name, 0), spare)

    @rule(wanted=st.dictionaries(sku, units, min_size=1), hours=st.none() | st.integers(1, 48))
    def promise(self, wanted: dict[int, int], hours: int | None) -> None:
        """An order, or a hold that ends."""
        reference = self.next("hold" if hours else "order")
        moves = [Move(self.skus[one], many) for one, many in wanted.items()]
        ends = self.now + timedelta(hours=hours) if hours else None

        def work() -> None:
            services().reserving.reserve(moves, self.booking(reference), expires_at=ends)

        if any(self.available(one, 0) + self.available(one, 1) < many for one, many in wanted.items()):
            self.refused(OutOfStock, work)
            return
        work()
        held: dict[tuple[int, int], int] = {}
        if all(self.available(one, 0) >= many for one, many in wanted.items()):
            held = {(one, 0): many for one, many in wanted.items()}
        else:
            for one, many in wanted.items():
                here = min(many, self.available(one, 0))
                held |= {(one, where): part for where, part in ((0, here), (1, many - here)) if part}
        for key, part in held.items():
            self.shelves[key].reserved += part
        self.open[reference] = held
        if ends:
            self.holds[reference] = ends

    def give_back(self, reference: str) -> None:
        self.holds.pop(reference, None)
        for key, part in self.open.pop(reference, {}).items():
            self.shelves[key].reserved -= part

    @rule(pick=st.integers(0, 99))
    def release(self, pick: int) -> None:
        references = [*self.open, "order:never"]
        reference = references[pick % len(references)]
        assert services().reserving.release(self.booking(reference)) is (reference in self.open)
        self.give_back(reference)

    @rule(pick=st.integers(0, 99))
    def ship(self, pick: int) -> None:
        if not self.open:
            return
        reference = list(self.open)[pick % len(self.open)]
        held = self.open[reference]

        def work() -> bool:
            return services().reserving.deduct(self.booking(reference))

        if any(sum(self.fresh(*key).values()) < part for key, part in held.items()):
            self.refused(GoodsExpired, work)
            return
        assert work()
        for key, part in held.items():
            taken = self.take(*key, part)
            shipped = self.out.setdefault(reference, {}).setdefault(key[0], [0, 0])
            shipped[0] += part
            for name, many in taken.items() if key[0] == 2 else ():
                batches = self.left_batches.setdefault(reference, {})
                batches[name] = batches.get(name, 0) + many
        self.give_back(reference)

    @rule(pick=st.integers(0, 99), one=sku, many=units, damaged=st.booleans())
    def come_back(self, pick: int, one: int, many: int, damaged: bool) -> None:
        if not self.out:
            return
        reference = list(self.out)[pick % len(self.out)]
        left, back = self.out[reference].get(one, [0, 0])

        def work() -> None:
            chosen = {self.skus[one]: many}
            inventory.accept_return(
                source=reference,
                reference=self.next("return"),
                sellable={} if damaged else chosen,
                damaged=chosen if damaged else {},
                reason="x",
                operator=OPERATOR,
                now=self.now,
            )

        if left - back < many:
            self.refused(ReturnedTooMuch, work)
            return
        work()
        self.out[reference][one][1] += many
        shelf = self.shelves[one, 2 if damaged else 0]
        if one != 2:
            shelf.add("", many)
            return
        out = self.left_batches[reference]
        for name in sorted(out, key=lambda name: self.expiry[name]):
            part = min(many, out[name])
            out[name] -= part
            many -= part
            shelf.add(name, part)

    @rule(one=sku, off=st.integers(-2, 2))
    def open_sheet(self, one: int, off: int) -> None:
        """Somebody counts at once, and is `off` from the books of each line."""
        names = {name for name, many in self.shelves[one, 0].batches.items() if many} if one == 2 else {""}
        if not names:
            return
        number = services().counting.open(
            location_id=1, sku_ids=[self.skus[one]], shelf=None, reason="x", operator=OPERATOR, now=self.now
        )
        lines = {row.batch_no or "": row.line for row in services().counting.counts.lines(number)}
        assert set(lines) == names
        sheet = Sheet(number, one, lines)
        self.sheets.append(sheet)
        for name in lines:
            self.enter(sheet, name, max(0, self.shelves[one, 0].batches.get(name, 0) + off))

    def enter(self, sheet: Sheet, name: str, seen: int) -> None:
        services().counting.enter(sheet.number, {sheet.lines[name]: seen}, operator=OPERATOR, now=self.now)
        sheet.wrong[name] = seen - self.shelves[sheet.sku, 0].batches.get(name, 0)

    @rule(pick=st.integers(0, 99), seen=st.integers(0, 2 * UNITS))
    def count(self, pick: int, seen: int) -> None:
        if not self.sheets:
            return
        sheet = self.sheets[pick % len(self.sheets)]
        name = list(sheet.lines)[seen % len(sheet.lines)]
        self.enter(sheet, name, seen)

    @rule(pick=st.integers(0, 99))
    def post(self, pick: int) -> None:
        if not self.sheets:
            return
        sheet = self.sheets[pick % len(self.sheets)]
        shelf, before = self.shelves[sheet.sku, 0], dict(self.shelves[sheet.sku, 0].batches)

        def work() -> int:
            return services().counting.post(sheet.number, skip_uncounted=True, operator=OPERATOR, now=self.now)

        if not self.can_post(sheet, shelf):
            shelf.batches = before
            self.refused((GoodsPromised, OutOfStock), work)
            return
        work()
        self.sheets.remove(sheet)
        for name, delta in sheet.wrong.items():
            self.corrected(sheet.sku, 0, name, delta)

    def can_post(self, sheet: Sheet, shelf: Shelf) -> bool:
        """Line after line, as posting does; the shelf is what it is after the last one."""
        for name in sorted(sheet.wrong, key=lambda name: sheet.lines[name]):
            if sheet.wrong[name] < 0 and not self.can_lose(sheet.sku, 0, name, -sheet.wrong[name]):
                return False
            shelf.add(name, sheet.wrong[name])
        return True

    @rule(hours=st.integers(1, 40), swept=st.booleans())
    def time_goes_by(self, hours: int, swept: bool) -> None:
        """With the sweep, or with the sweep late: what may be sold is the same."""
        self.now += timedelta(hours=hours)
        if swept:
            inventory.expire_batches(now=self.now)
        over = [reference for reference, ends in self.holds.items() if ends <= self.now]
        assert inventory.release_expired_holds(now=self.now) == len(over)
        for reference in over:
            self.give_back(reference)

    # ---- what must hold

    @invariant()
    def levels_agree(self) -> None:
        if not hasattr(self, "shelves"):
            return
        StockMachine.taken += 1
        found = {(row.sku_id, row.location_id): row for row in services().stock.everywhere(self.skus)}
        for (one, where), shelf in self.shelves.items():
            row = found.get((self.skus[one], self.places[where]))
            seen = (row.on_hand, row.reserved) if row else (0, 0)
            assert seen == (shelf.on_hand, shelf.reserved), (one, where)
        services().availability.clock = lambda: self.now
        wanted = {self.skus[one]: self.available(one, 0) + self.available(one, 1) for one in range(SKUS)}
        assert inventory.available(sku_ids=self.skus) == wanted

    def teardown(self) -> None:
        with self.ends:
            self.close_the_books()

    def close_the_books(self) -> None:
        if not hasattr(self, "shelves"):
            return
        assert [str(one) for one in services().verification.deviations()] == []
        for where in range(3):
            wanted = {name: many for name, many in self.shelves[2, where].batches.items() if many}
            assert batches_of(self.skus[2], self.places[where]) == wanted
