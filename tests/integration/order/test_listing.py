"""Orders as buyers and staff see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import chain

import pytest

from backend.order.domain.error import OrderNotFound
from backend.order.domain.status import OrderAction, OrderStatus
from backend.order.service.query import OrderView
from backend.order.wiring import services
from kit.domain.clock import utc_now
from kit.repository.page import Page, PageRequest
from tests.factories.catalog import make_product
from tests.factories.order import make_buyer, place
from tests.factories.order_reading import allow_many_unpaid, order, order_in
from tests.factories.statements import counted_statements
from tests.support.fresh import fresh_session

pytestmark = pytest.mark.usefixtures("app")
_S, _A = OrderStatus, OrderAction
NOBODYS_FILTER = {"status": None, "buyer_id": None, "no": None}


def every_page(fetch: Callable[[PageRequest], Page[OrderView]], limit: int) -> list[list[str]]:
    """The numbers on each page, following the cursors; a list that never ends is cut."""
    pages, cursor = [], None
    while len(pages) < 10:
        page = fetch(PageRequest(limit, cursor))
        pages.append([view.order.no for view in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    return pages


def test_45_orders_are_each_on_one_page_newest_first_and_nobody_elses_among_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_many_unpaid(monkeypatch)
    buyer, other, product = make_buyer(), make_buyer(), make_product(price_fen=9900, stock=100)
    placed = []
    for _ in range(45):
        placed.append(place(buyer, product).no)
        if len(placed) % 15 == 0:
            place(other, product)
    fresh_session()

    pages = every_page(lambda page: services().query.of_buyer(buyer.id, page, status=None, now=utc_now()), limit=20)
    assert [len(page) for page in pages] == [20, 20, 5]
    assert list(chain.from_iterable(pages)) == placed[::-1]

    pages = every_page(lambda page: services().query.for_staff(page, **NOBODYS_FILTER, now=utc_now()), limit=24)
    assert [len(page) for page in pages] == [24, 24]
    assert len(set(chain.from_iterable(pages))) == 48


def test_a_new_order_between_two_pages_is_neither_shown_twice_nor_pushes_one_out() -> None:
    buyer, product = make_buyer(), make_product(price_fen=9900, stock=100)
    placed = [place(buyer, product).no for _ in range(4)]
    first = services().query.of_buyer(buyer.id, PageRequest(2), status=None, now=utc_now())
    place(buyer, product)
    rest = services().query.of_buyer(buyer.id, PageRequest(2, first.next_cursor), status=None, now=utc_now())
    assert [view.order.no for view in [*first.items, *rest.items]] == placed[::-1]


def test_the_buyers_list_can_be_of_one_status() -> None:
    buyer = make_buyer()
    numbers = {status: order_in(status, buyer) for status in (_S.CLOSED, _S.PENDING_PAYMENT, _S.PAID)}
    for status, no in numbers.items():
        page = services().query.of_buyer(buyer.id, PageRequest(), status=status, now=utc_now())
        assert [view.order.no for view in page.items] == [no]
    assert services().query.of_buyer(buyer.id, PageRequest(), status=_S.SHIPPED, now=utc_now()).items == []


def test_staff_filter_by_status_buyer_and_number() -> None:
    buyer, other = make_buyer(), make_buyer()
    closed, pending, others = order_in(_S.CLOSED, buyer), place(buyer).no, place(other).no

    def found(**over: object) -> list[str]:
        page = services().query.for_staff(PageRequest(), **NOBODYS_FILTER | over, now=utc_now())  # type: ignore[arg-type]  # filters of several types
        return [view.order.no for view in page.items]

    assert found() == [others, pending, closed]
    assert found(status=_S.CLOSED) == [closed]
    assert found(buyer_id=buyer.id) == [pending, closed]
    assert found(no=others) == [others]
    assert found(no=others, buyer_id=buyer.id) == []
    assert found(status=_S.PENDING_PAYMENT, buyer_id=buyer.id) == [pending]


def test_an_order_is_listed_with_its_own_lines() -> None:
    buyer, product = make_buyer(), make_product(skus=3)
    first, second, third = product.sku_ids
    order(buyer, {first: 1})
    order(buyer, {third: 2, second: 3})
    newest, oldest = services().query.of_buyer(buyer.id, PageRequest(), status=None, now=utc_now()).items
    assert [(line.sku_id, line.quantity) for line in newest.lines] == [(third, 2), (second, 3)]
    assert [(line.sku_id, line.quantity) for line in oldest.lines] == [(first, 1)]


ALLOWED = {
    _S.PENDING_PAYMENT: ([_A.PAY, _A.CANCEL], [_A.CANCEL]),
    _S.CLOSING: ([], []),
    _S.CLOSED: ([], []),
    _S.PAID: ([], [_A.SHIP]),
    _S.SHIPPED: ([_A.CONFIRM_RECEIPT], []),
    _S.COMPLETED: ([], []),
}


@pytest.mark.parametrize("status", list(OrderStatus))
def test_each_order_says_what_buyer_and_staff_may_do_next(status: OrderStatus) -> None:
    buyer = make_buyer()
    no, now = order_in(status, buyer), utc_now()
    fresh_session()
    query = services().query
    of_buyer, of_staff = ALLOWED[status]
    assert query.one_of_buyer(buyer.id, no, now=now).allowed_actions == of_buyer
    assert query.one_for_staff(no, now=now).allowed_actions == of_staff
    (listed,) = query.of_buyer(buyer.id, PageRequest(), status=None, now=now).items
    assert listed.allowed_actions == of_buyer


def test_at_the_deadline_an_order_can_be_cancelled_and_not_paid_any_more() -> None:
    buyer = make_buyer()
    placed = place(buyer)
    assert placed.due_at is not None
    for now, allowed in (
        (placed.due_at - timedelta(milliseconds=1), [_A.PAY, _A.CANCEL]),
        (placed.due_at, [_A.CANCEL]),
    ):
        assert services().query.one_of_buyer(buyer.id, placed.no, now=now).allowed_actions == allowed


def test_the_detail_has_the_history_from_the_beginning() -> None:
    buyer = make_buyer()
    no = order_in(_S.COMPLETED, buyer)
    steps = services().query.one_of_buyer(buyer.id, no, now=utc_now()).history
    assert [(step.action, step.to_status) for step in steps] == [
        (_A.PLACE, _S.PENDING_PAYMENT),
        (_A.PAY, _S.PAID),
        (_A.SHIP, _S.SHIPPED),
        (_A.CONFIRM_RECEIPT, _S.COMPLETED),
    ]


def test_somebody_elses_order_is_not_there() -> None:
    no, stranger = place(make_buyer()).no, make_buyer()
    with pytest.raises(OrderNotFound):
        services().query.one_of_buyer(stranger.id, no, now=utc_now())
    assert services().query.of_buyer(stranger.id, PageRequest(), status=None, now=utc_now()).items == []


@pytest.mark.parametrize("no", ["2611201600001234560042", "苹果", "１２", "26 ", ""])
def test_a_number_that_never_was_is_not_there(no: str) -> None:
    with pytest.raises(OrderNotFound):
        services().query.one_for_staff(no, now=utc_now())


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_takes_two_statements_and_one_order_three_whatever_their_size(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_many_unpaid(monkeypatch)
    buyer, product = make_buyer(), make_product(skus=count, price_fen=9900, stock=100)
    for _ in range(count):
        order(buyer, dict.fromkeys(product.sku_ids, 1))
    newest = order(buyer, dict.fromkeys(product.sku_ids, 1)).no
    query, now = services().query, utc_now()
    for ask, expected in (
        (lambda: query.of_buyer(buyer.id, PageRequest(), status=None, now=now), 2),
        (lambda: query.for_staff(PageRequest(), **NOBODYS_FILTER, now=now), 2),
        (lambda: query.one_of_buyer(buyer.id, newest, now=now), 3),
        (lambda: query.one_for_staff(newest, now=now), 3),
    ):
        fresh_session()
        with counted_statements() as statements:
            ask()
        assert len(statements) == expected
