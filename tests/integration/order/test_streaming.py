"""Orders in bulk: each once, two statements a chunk, no transaction in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain

import pytest

from backend.order import facade
from backend.order.domain.status import OrderStatus
from backend.order.facade import OrderSelection
from backend.order.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import TransactionOpen, in_transaction
from tests.factories.catalog import make_product
from tests.factories.order import Buyer, make_buyer, place
from tests.factories.order_reading import allow_many_unpaid, order, order_in
from tests.factories.statements import counted_statements
from tests.support.fresh import fresh_session

pytestmark = pytest.mark.usefixtures("app")


def numbers(selection: OrderSelection, size: int = 500) -> list[list[str]]:
    fresh_session()
    return [[record.no for record in chunk] for chunk in services().streaming.chunks(selection, size=size)]


@pytest.fixture
def buyer(monkeypatch: pytest.MonkeyPatch) -> Buyer:
    """Who may leave many orders unpaid."""
    allow_many_unpaid(monkeypatch)
    return make_buyer()


def placed(buyer: Buyer, moments: list[datetime]) -> list[str]:
    product = make_product(price_fen=9900, stock=100)
    return [place(buyer, product, now=moment).no for moment in moments]


def test_every_order_once_the_oldest_first_also_at_the_same_moment(buyer: Buyer) -> None:
    now = utc_now()
    later = placed(buyer, [now] * 5)
    earlier = placed(buyer, [now - timedelta(minutes=5)] * 2)
    assert numbers(OrderSelection(), size=3) == [[*earlier, later[0]], later[1:4], later[4:]]
    assert numbers(OrderSelection(), size=7) == [[*earlier, *later], []][:1]
    assert numbers(OrderSelection(), size=500) == [[*earlier, *later]]


def test_nothing_to_read_is_no_chunk(buyer: Buyer) -> None:
    assert numbers(OrderSelection()) == []
    assert facade.count_orders(selection=OrderSelection(), most=10) == 0


def test_selections(buyer: Buyer) -> None:
    now, other = utc_now(), make_buyer()
    first, second, third = placed(buyer, [now - timedelta(days=2), now - timedelta(days=1), now])
    closed = order_in(OrderStatus.CLOSED, other)
    for selection, expected in (
        (OrderSelection(buyer_id=other.id), [closed]),
        (OrderSelection(status=OrderStatus.CLOSED), [closed]),
        (OrderSelection(buyer_id=buyer.id), [first, second, third]),
        (OrderSelection(buyer_id=buyer.id, placed_from=now - timedelta(days=1)), [second, third]),
        (OrderSelection(buyer_id=buyer.id, placed_to=now - timedelta(days=1)), [first]),
        (OrderSelection(buyer_id=buyer.id, status=OrderStatus.CLOSED), []),
    ):
        assert list(chain.from_iterable(numbers(selection))) == expected
        assert facade.count_orders(selection=selection, most=10) == len(expected)


def test_counting_ends_where_it_is_told(buyer: Buyer) -> None:
    placed(buyer, [utc_now()] * 5)
    assert facade.count_orders(selection=OrderSelection(), most=3) == 3


def test_a_record_says_what_was_ordered(buyer: Buyer) -> None:
    product = make_product(skus=2)
    first, second = product.sku_ids
    no = order(buyer, {second: 3, first: 1}).no
    fresh_session()
    ((record,),) = facade.stream_orders(selection=OrderSelection(buyer_id=buyer.id))
    assert (record.no, record.buyer_id, record.status) == (no, buyer.id, OrderStatus.PENDING_PAYMENT)
    assert [line.quantity for line in record.lines] == [3, 1]
    assert sum(line.amount_fen for line in record.lines) == record.goods_fen
    assert record.placed_at.tzinfo is not None


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_chunk_takes_two_statements_whatever_its_size(buyer: Buyer, count: int) -> None:
    placed(buyer, [utc_now()] * count)
    fresh_session()
    with counted_statements() as statements:
        chunks = services().streaming.chunks(OrderSelection(), size=500)
        assert len(next(chunks)) == count
        assert not db.session().in_transaction()
        assert list(chunks) == []
    assert len(statements) == 2


def test_an_order_placed_meanwhile_disturbs_nobody(buyer: Buyer) -> None:
    now = utc_now()
    before = placed(buyer, [now] * 4)
    chunks = services().streaming.chunks(OrderSelection(placed_to=now + timedelta(seconds=1)), size=2)
    seen = [record.no for record in next(chunks)]
    placed(buyer, [now + timedelta(seconds=1), now - timedelta(days=1)])
    seen += [record.no for chunk in chunks for record in chunk]
    assert seen == before


def test_inside_a_use_case_nobody_streams(buyer: Buyer) -> None:
    placed(buyer, [utc_now()])
    with pytest.raises(TransactionOpen):
        in_transaction(lambda: next(services().streaming.chunks(OrderSelection())))
