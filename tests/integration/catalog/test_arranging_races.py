"""Several members of staff arrange one list at once; each guard with a control that shows what it prevents."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.catalog.domain.arrangement import FIRST_VERSION, HOT_WORDS, Arrangement
from backend.catalog.domain.error import SlotMalformed, TooManySlots
from backend.catalog.domain.home import MAX_SLOTS, HomeSection, HomeSlot, LinkTarget, SlotFacts
from backend.catalog.domain.listing import FacetKind, Listing
from backend.catalog.repository import listing
from backend.catalog.repository.arrangement import ArrangementRepository
from backend.catalog.repository.home import HomeRepository
from backend.catalog.repository.listing import ListingRepository
from backend.catalog.repository.search.word import SearchWordRepository
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from tests.factories.catalog import make_product, make_tag
from tests.support.threads import at_once

# SQLite has one writer at a time, whoever locks what.
pytestmark = [pytest.mark.commits, pytest.mark.mysql_only]
BANNER = SlotFacts(section=HomeSection.BANNERS, target=LinkTarget.NONE, image="https://img.example.com/b.jpg")


def refusals(app: Flask, works: Sequence[Callable[[], Any]]) -> list[Exception]:
    """What works that run together raised."""
    db.session.remove()
    raised = [result for result in at_once(app, works) if isinstance(result, Exception)]
    db.session.rollback()
    return raised


def meeting(times: int = 2) -> Callable[[], None]:
    """Both wait here for each other, if the other ever comes."""
    meet = threading.Barrier(times, timeout=1)

    def wait() -> None:
        with suppress(threading.BrokenBarrierError):
            meet.wait()

    return wait


def without_lock(repository: ArrangementRepository, names: Collection[str], *, sent: int | None = None) -> None:
    """The version looked at, and nobody kept from changing it."""
    for name in names:
        if sent is not None and repository.version_of(name) != sent:
            raise StaleVersion(sent=sent, current=0)


def banners() -> list[int]:
    slots = db.session.scalars(select(HomeSlot).order_by(HomeSlot.position, HomeSlot.id))
    return [slot.id for slot in slots]


def add() -> int:
    return services().arranging.add(BANNER, now=utc_now())


def version(name: str = HomeSection.BANNERS.arrangement) -> int:
    return ArrangementRepository().version_of(name)


@pytest.mark.parametrize("locked", [True, False])
def test_a_section_is_never_fuller_than_it_may_be(app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Control: without the section's lock both count 49."""
    for _ in range(MAX_SLOTS - 1):
        add()
    wait, whole = meeting(), HomeRepository.count

    def count(repository: HomeRepository, section: HomeSection) -> int:
        found = whole(repository, section)
        wait()
        return found

    monkeypatch.setattr(HomeRepository, "count", count)
    if not locked:
        monkeypatch.setattr(ArrangementRepository, "change", without_lock)
    raised = refusals(app, [add, add])
    assert [type(error) for error in raised] == ([TooManySlots] if locked else [])
    assert db.session.scalar(select(func.count()).select_from(HomeSlot)) == MAX_SLOTS + (not locked)


@pytest.mark.parametrize("locked", [True, False])
def test_of_two_orders_of_the_same_section_one_is_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Control: without the section's lock the second overwrites the first, and nobody is told."""
    one, two, three = add(), add(), add()
    seen, wait, whole = version(), meeting(), HomeRepository.of_section

    def of_section(repository: HomeRepository, section: HomeSection) -> Any:
        wait()
        return whole(repository, section)

    monkeypatch.setattr(HomeRepository, "of_section", of_section)
    if not locked:
        monkeypatch.setattr(ArrangementRepository, "change", without_lock)
    orders = ([three, two, one], [two, three, one])
    works = [partial(services().arranging.order, HomeSection.BANNERS, order, version=seen) for order in orders]
    raised = refusals(app, works)
    assert banners() in [list(order) for order in orders]
    if locked:
        assert [error.errors for error in raised if isinstance(error, StaleVersion)] == [
            {"version": {"sent": seen, "current": seen + 1}}
        ]
    assert len(raised) == int(locked)


def test_the_first_changes_of_a_list_may_come_at_once(app: Flask) -> None:
    """Its row is made by whoever comes first; the others go on behind it."""
    assert refusals(app, [add] * 4) == []
    assert (len(banners()), version()) == (4, FIRST_VERSION + 4)


def test_an_order_and_an_addition_at_once_lose_neither(app: Flask) -> None:
    one, two = add(), add()
    order = partial(services().arranging.order, HomeSection.BANNERS, [two, one], version=version())
    raised = refusals(app, [order, add])
    assert {type(error) for error in raised} <= {StaleVersion, SlotMalformed}
    assert len(banners()) == 3
    assert len(raised) == (banners()[0] == one)


@pytest.mark.parametrize("locked", [True, False])
def test_of_two_who_arrange_hot_words_one_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    """Control: without the lock the words of one are gone, and nobody is told."""
    wait, whole = meeting(), SearchWordRepository.replace

    def replace(repository: SearchWordRepository, *given: Any) -> None:
        wait()
        whole(repository, *given)

    monkeypatch.setattr(SearchWordRepository, "replace", replace)
    if not locked:
        monkeypatch.setattr(ArrangementRepository, "change", without_lock)
    works = [
        partial(services().offering.arrange, arranged=[word], hidden=[], version=FIRST_VERSION) for word in ("羊", "被")
    ]
    raised = refusals(app, works)
    assert [type(error) for error in raised] == ([StaleVersion] if locked else [])
    if locked:
        assert len(services().offering.arrangement()["arranged"]) == 1
        assert db.session.get(Arrangement, HOT_WORDS).version == FIRST_VERSION + 1


@pytest.mark.parametrize("held", [True, False])
def test_a_tag_that_is_deleted_meanwhile_lists_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch, held: bool) -> None:
    """Control: unless the tags worn are held, the product is listed under a tag that is gone."""
    tag_id = make_tag("当季")
    made = make_product(on_sale=False, tag_ids=frozenset({tag_id}))
    wait, whole, drop = meeting(), listing.hold_worn_tags, ListingRepository.drop

    def deleted_but_not_committed(repository: ListingRepository, kind: FacetKind, facet_id: int) -> None:
        drop(repository, kind, facet_id)
        wait()  # the other may look now
        wait()  # and has written what it saw

    def looks(session: Any, product_ids: Sequence[int]) -> None:
        wait()
        if held:
            whole(session, product_ids)

    def put_on_sale() -> None:
        services().selling.put_on_sale(made.product_id, now=utc_now())
        wait()

    monkeypatch.setattr(ListingRepository, "drop", deleted_but_not_committed)
    monkeypatch.setattr(listing, "hold_worn_tags", looks)
    assert refusals(app, [partial(services().tags.remove, tag_id, version=1), put_on_sale]) == []
    strays = db.session.scalars(select(Listing.product_id).where(Listing.kind == FacetKind.TAG)).all()
    assert strays == ([] if held else [made.product_id])
    assert services().relisting.everything(mend=False) == len(strays)
