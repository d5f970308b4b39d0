"""Every list and every sweep finds its rows by an index and in order: no full scan, no sorting of what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text

from backend.approval.domain.request import Request
from backend.approval.domain.state import RequestState
from backend.approval.domain.step import RequestStep
from backend.approval.service.query import Scope, Viewer
from backend.approval.wiring import services as approval
from backend.catalog.domain.posting import PackedDocument, Posting
from backend.catalog.domain.search.document import packed
from backend.catalog.domain.search.port import Place
from backend.catalog.domain.search.question import ask
from backend.catalog.domain.search_log import SearchCount, SearchWord, WordKind
from backend.catalog.wiring import services as catalog
from backend.inventory.domain.count import CountState
from backend.inventory.domain.document import DocumentKind
from backend.inventory.domain.ledger import LedgerEntry, MovementKind
from backend.inventory.domain.stock import Stock, StockItem
from backend.inventory.wiring import services as inventory
from backend.media.domain.file import MediaFile, MediaKind, MediaState
from backend.media.domain.use import MediaUse
from backend.media.wiring import services as media
from backend.notification.domain.delivery import Channel, Delivery, Kind
from backend.notification.domain.notice import Notice, NoticeKind
from backend.notification.domain.trying import DeliveryState
from backend.notification.wiring import services as notification
from backend.order.domain.order import Order
from backend.order.domain.status import OrderStatus
from backend.order.facade import OrderSelection
from backend.order.wiring import services as order
from backend.payment.domain.receipt import Verdict
from backend.payment.domain.refund import RefundState
from backend.payment.wiring import services as payment
from backend.reporting.wiring import services as reporting
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.job.wiring import jobs
from kit.repository.page import PageRequest
from tests.factories.order import make_buyer, place
from tests.integration.explain.plan import ROWS, flaws

pytestmark = pytest.mark.mysql_only
PAGE = PageRequest(20, None)

_LAST_WEEK = OrderSelection(placed_from=utc_now() - timedelta(days=7), placed_to=utc_now() + timedelta(days=1))
_LONG_AGO = utc_now() - timedelta(days=1)
_SOMEBODY = Viewer(7, frozenset({1, 2}), True)


def _requests(scope: Scope, **more: Any) -> Any:
    chosen: dict[str, Any] = {"state": None, "action": None} | more
    return approval().query.requests(PAGE, _SOMEBODY, scope=scope, **chosen)


QUERIES: dict[str, Callable[[], Any]] = {
    "orders of a buyer": lambda: order().query.of_buyer(1, PAGE, status=None, now=utc_now()),
    "orders for staff": lambda: order().query.for_staff(PAGE, status=None, buyer_id=None, no=None, now=utc_now()),
    "paid orders for staff": lambda: order().query.for_staff(
        PAGE, status=OrderStatus.PAID, buyer_id=None, no=None, now=utc_now()
    ),
    "an export of orders": lambda: list(order().streaming.chunks(_LAST_WEEK, size=500)),
    "an export of paid orders": lambda: list(
        order().streaming.chunks(replace(_LAST_WEEK, status=OrderStatus.PENDING_PAYMENT), size=500)
    ),
    "reports of one's own": lambda: reporting().query.jobs(PAGE, owner="staff:1", now=utc_now()),
    "reports of everybody": lambda: reporting().query.jobs(PAGE, owner=None, now=utc_now()),
    "reports that are due": lambda: jobs().running.jobs.claim_due(
        now=utc_now(), again_after=timedelta(seconds=30), limit=20
    ),
    "the report that waited longest": lambda: jobs().running.jobs.next_queued(now=utc_now()),
    "stock": lambda: inventory().query.levels(PAGE),
    "media": lambda: media().query.files(PAGE),
    "pictures": lambda: media().query.files(PAGE, kind=MediaKind.IMAGE),
    "unused media": lambda: media().query.files(PAGE, unused=True),
    "used media": lambda: media().query.files(PAGE, unused=False),
    "media unused for long": lambda: media().deleting.files.unused_since(utc_now() - timedelta(days=30), limit=500),
    "media that has just become unused": lambda: media().deleting.files.note_unused(now=utc_now(), limit=500),
    "media that is due": lambda: media().deleting.files.claim_due(now=utc_now(), lease=timedelta(hours=1), limit=20),
    "media of a user": lambda: media().using.files.used_by("product:7"),
    "media by key": lambda: media().using.files.ready(["0" * 32 + ".jpg", "1" * 32 + ".jpg"]),
    "users of media": lambda: media().using.files.users_of(7),
    "movements of a SKU": lambda: inventory().query.movements(PAGE, sku_ids=[1]),
    "stock that is low": lambda: inventory().query.levels(PAGE, low=True),
    "stock that is too much": lambda: inventory().query.levels(PAGE, over=True),
    "stock of a product": lambda: inventory().query.levels(PAGE, product_id=7),
    "stock on a shelf": lambda: inventory().query.levels(PAGE, shelf="A-1"),
    "movements": lambda: inventory().query.movements(PAGE),
    "movements of a week": lambda: inventory().query.movements(
        PAGE, since=utc_now() - timedelta(days=300), until=utc_now() - timedelta(days=293)
    ),
    "movements of a SKU called": lambda: inventory().query.movements(PAGE, sku_code="S-7"),
    "batches of a SKU called": lambda: inventory().query.batches(PAGE, sku_code="S-7"),
    "movements of a kind": lambda: inventory().query.movements(PAGE, kinds=[MovementKind.WRITE_OFF]),
    "movements at a location": lambda: inventory().query.movements(PAGE, location_id=2),
    "movements by an operator": lambda: inventory().query.movements(PAGE, operator="staff:1"),
    "batches that expire soon": lambda: inventory().query.batches(PAGE, expires_until=utc_now().date()),
    "promises of a SKU": lambda: inventory().query.promises(PAGE, sku_id=1),
    "documents": lambda: inventory().papers.documents(PAGE),
    "documents of a kind": lambda: inventory().papers.documents(PAGE, kind=DocumentKind.INBOUND),
    "documents by an operator": lambda: inventory().papers.documents(PAGE, operator="staff:1"),
    "returns of an order": lambda: inventory().papers.documents(PAGE, source="order:1"),
    "open count sheets": lambda: inventory().papers.counts(PAGE, state=CountState.OPEN),
    "dead stock": lambda: inventory().statistics.dead(PAGE, now=utc_now(), idle_days=90),
    "worth of the stock": lambda: inventory().statistics.costs(PAGE),
    "stock that has expired": lambda: inventory().stock.claim_expiring(now=utc_now(), limit=200),
    "holds that are over": lambda: inventory().reserving.reservations.expired(now=utc_now(), limit=200),
    "receipts": lambda: payment().query.receipts(PAGE, verdict=None, subject=None),
    "receipts by verdict": lambda: payment().query.receipts(PAGE, verdict=Verdict.WRONG_AMOUNT, subject=None),
    "refunds by state": lambda: payment().query.refunds(PAGE, state=RefundState.ABNORMAL),
    "unpaid orders that are due": lambda: order().cancellation.orders.due_for_closing(now=utc_now(), limit=200),
    "attempts that are due": lambda: payment().checking.attempts.claim_due(now=utc_now(), limit=50),
    "a search for one word": lambda: catalog().finding.index.find(ask("羊毛"), limit=20),
    "the next page of it": lambda: catalog().finding.index.find(ask("羊毛"), limit=20, after=Place(0, 1000, 2**60)),
    "suggested words": lambda: catalog().offering.words.beginning_with("羊"),
    "hot words": lambda: catalog().offering.words.strongest(WordKind.SEARCHED, 10),
    "searches that found nothing": lambda: catalog().search_log.missed(PAGE),
    "indexed products": lambda: catalog().indexing.index.product_ids(after=0, limit=100),
    "deliveries": lambda: notification().query.deliveries(PAGE, order_no=None, state=None),
    "deliveries of an order": lambda: notification().query.deliveries(PAGE, order_no="7", state=None),
    "failed deliveries": lambda: notification().query.deliveries(PAGE, order_no=None, state=DeliveryState.FAILED),
    "deliveries that are due": lambda: notification().sending.deliveries.claim(now=utc_now()),
    "requests to decide": lambda: _requests(Scope.TO_DECIDE),
    "requests of one's own": lambda: _requests(Scope.SUBMITTED),
    "requests of everybody": lambda: _requests(Scope.ALL),
    "rejected requests": lambda: _requests(Scope.ALL, state=RequestState.REJECTED),
    "requests for an action": lambda: _requests(Scope.ALL, action="a.1"),
    "requests about a subject": lambda: _requests(Scope.ALL, subject="s:7"),
    "counts of requests": lambda: approval().query.counts(_SOMEBODY),
    "requests whose time is over": lambda: approval().following.requests.due(now=utc_now(), limit=100),
    "notices to somebody": lambda: notification().notices.notices(PAGE, staff_id=7, unread=False),
    "unread notices": lambda: notification().notices.notices(PAGE, staff_id=7, unread=True),
    "how many are unread": lambda: notification().notices.unread(staff_id=7),
    "who was asked": lambda: notification().noticing.notices.told("r:7", NoticeKind.APPROVAL_REQUESTED),
    "mails to staff that are due": lambda: notification().mailing.deliveries.claim(now=utc_now()),
    "deliveries of long ago": lambda: notification().sweeping.deliveries.forget_finished(_LONG_AGO, limit=1000),
    "notices of long ago": lambda: notification().sweeping.notices.forget_finished(_LONG_AGO, limit=1000),
    "notices that are due": lambda: payment().noticing.notices.claim_due(now=utc_now(), limit=50),
}


def many_orders() -> None:
    """Enough rows that the optimiser has a reason to use an index."""
    template = place(make_buyer())
    row = {column.name: getattr(template, column.name) for column in Order.__table__.columns}
    now = utc_now()
    rows = [
        row | {"id": new_id(), "no": f"{number:022d}", "buyer_id": number % 50, "due_at": now + timedelta(days=number)}
        for number in range(ROWS)
    ]
    db.session.execute(insert(Order), rows)
    db.session.execute(text("ANALYZE TABLE ord_order"))


def many_deliveries() -> None:
    """Most are sent, some wait for their time."""
    rows = [{"id": new_id(), "order_no": str(number % 1000), "recipient_id": number} for number in range(ROWS)]
    now = utc_now()
    same = {"kind": Kind.ORDER_PAID, "channel": Channel.WECHAT, "tries": 1, "created_at": now, "version": 1}
    sent = same | {"state": DeliveryState.SENT, "next_try_at": None}
    waiting = same | {"state": DeliveryState.PENDING, "finished_at": None}
    later = [waiting | {"next_try_at": now + timedelta(minutes=number)} for number in range(ROWS // 10)]
    over = [sent | {"finished_at": now - timedelta(minutes=number)} for number in range(ROWS)]
    db.session.execute(insert(Delivery), [row | more for row, more in zip(rows, [*later, *over], strict=False)])
    db.session.execute(text("ANALYZE TABLE ntf_delivery"))


def many_files() -> None:
    """Most are used; each by one product."""
    now = utc_now()
    same = {"mimetype": "image/jpeg", "bytes": 1, "width": 1, "height": 1, "filename": "a", "uploaded_by": "staff:1"}
    ready = same | {"state": MediaState.READY, "variants": [], "created_at": now}
    rows = [
        ready
        | {
            "id": new_id(),
            "key": f"{number:032x}.jpg",
            "kind": MediaKind.VIDEO if number % 10 else MediaKind.IMAGE,
            "uses": 1 if number % 10 else 0,
            "unused_since": None if number % 10 else now - timedelta(minutes=number),
            "due_at": None if number % 50 else now + timedelta(minutes=number),
        }
        for number in range(ROWS)
    ]
    db.session.execute(insert(MediaFile), rows)
    used = [{"id": new_id(), "file_id": row["id"], "user": f"product:{row['id']}"} for row in rows if row["uses"]]
    db.session.execute(insert(MediaUse), used)
    db.session.execute(text("ANALYZE TABLE med_file, med_use"))


def many_requests() -> None:
    """A tenth waits, the others are over."""
    now = utc_now()
    same = {"title": "t", "payload": "{}", "digest": "0", "changes": [], "because": [], "reason": "", "step": 1}
    same |= {"subject_version": 1, "requester_name": "n", "created_at": now, "version": 1}
    ids = [new_id() for _ in range(ROWS)]
    rows = [
        same
        | {"id": request_id, "action": f"a.{number % 9}", "subject": f"s:{number % 500}"}
        | {"requester": f"staff:{number % 50}", "requester_id": number % 50}
        | {"state": "rejected" if number % 10 else "pending"}
        | {"due_at": None if number % 10 else now + timedelta(minutes=number)}
        for number, request_id in enumerate(ids)
    ]
    db.session.execute(insert(Request), rows)
    steps = [
        {"request_id": request_id, "position": 1, "role_id": number % 5, "role_code": "r", "role_name": "R"}
        for number, request_id in enumerate(ids)
    ]
    db.session.execute(insert(RequestStep), steps)
    db.session.execute(text("ANALYZE TABLE apr_request"))
    db.session.execute(text("ANALYZE TABLE apr_request_step"))


def many_notices() -> None:
    """Most are mailed, half are read."""
    now = utc_now()
    same = {"kind": NoticeKind.APPROVAL_REQUESTED, "zh": "z", "en": "e", "tries": 1, "created_at": now, "version": 1}
    rows = [
        same
        | {"id": new_id(), "staff_id": number % 50, "occasion": str(number), "reference": f"r:{number % 500}"}
        | {"read_at": now if number % 2 else None}
        | {"state": DeliveryState.SENT if number % 10 else DeliveryState.PENDING}
        | {"next_try_at": None if number % 10 else now + timedelta(minutes=number)}
        | {"finished_at": now - timedelta(minutes=number) if number % 10 else None}
        for number in range(ROWS)
    ]
    db.session.execute(insert(Notice), rows)
    db.session.execute(text("ANALYZE TABLE ntf_notice"))


def many_goods() -> None:
    """Rows, and movements over years, so that a month is worth an index; a few are low."""
    now = utc_now()
    skus = range(1, ROWS + 1)
    row = {"location_id": 1, "on_hand": 5, "reserved": 0, "updated_at": now, "idle_since": now}
    items = [{"sku_id": one, "sku_code": f"S-{one}", "title": "x", "product_id": one // 3} for one in skus]
    db.session.execute(insert(StockItem), items)
    db.session.execute(insert(Stock), [row | {"sku_id": one, "low": one % 50 == 0} for one in skus])
    same = {"reason": "x", "operator": "staff:1"}
    same |= {"on_hand_before": 0, "on_hand_delta": 1, "on_hand_after": 1}
    same |= {"reserved_before": 0, "reserved_delta": 0, "reserved_after": 0}
    movements = [
        same
        | {"id": new_id(), "sku_id": one % 300, "reference": f"r:{one}", "created_at": now - timedelta(hours=8 * one)}
        | {"kind": MovementKind.RECEIVE if one % 20 else MovementKind.WRITE_OFF, "location_id": 1 if one % 20 else 2}
        for one in skus
    ]
    db.session.execute(insert(LedgerEntry), movements)
    for table in ("inv_stock", "inv_item", "inv_ledger"):
        db.session.execute(text(f"ANALYZE TABLE {table}"))


@pytest.mark.commits
@pytest.mark.parametrize(
    "only",
    [
        {"sku_ids": [1, 2, 3]},
        {"product_id": 1},
        {"kinds": [MovementKind.WRITE_OFF, MovementKind.ADJUST]},
        {"sku_ids": [1, 2], "kinds": [MovementKind.RECEIVE, MovementKind.ADJUST]},
    ],
)
def test_movements_of_several_are_read_from_an_index_each(app: Flask, only: dict[str, Any]) -> None:
    many_goods()
    db.session.execute(text("COMMIT"))
    found = flaws(lambda: inventory().query.movements(PAGE, **only))
    assert [flaw for flaw in found if flaw.endswith("inv_ledger")] == []


@pytest.mark.commits
def test_statistics_read_their_days_and_no_more(app: Flask) -> None:
    many_goods()
    db.session.execute(text("COMMIT"))
    now = utc_now()
    statistics = inventory().statistics
    for query in (
        lambda: statistics.by_day(now=now),
        lambda: statistics.by_sku(now=now),
        lambda: statistics.by_product(now=now),
        lambda: statistics.by_operator(now=now),
        lambda: statistics.turnover(now=now, sku_id=1),
    ):
        # Groups are sorted after they were summed up: that is theirs to do.
        assert [flaw for flaw in flaws(query) if flaw.endswith("inv_ledger") and "scan" in flaw] == []


def many_postings() -> None:
    """A word that every product has, and words that few have; what was searched for, and what is offered."""
    words = ("羊毛", "毛巾", *(f"word{number}" for number in range(20)))
    postings = [
        {"term": words[number % 2 if number % 3 else number % 22], "impact": 1000 + number % 7, "product_id": number}
        for number in range(1, ROWS)
    ]
    db.session.execute(insert(Posting), postings)
    terms = packed({"羊毛": 1000, "毛巾": 900})
    db.session.execute(insert(PackedDocument), [{"product_id": number, "terms": terms} for number in range(1, ROWS)])
    offered = [
        {"id": new_id(), "folded": f"{chr(0x7F8A + number % 50)}{number}", "word": "羊", "weight": number}
        for number in range(ROWS)
    ]
    db.session.execute(insert(SearchWord), [row | {"kind": WordKind.SEARCHED} for row in offered])
    counts = {"times": 5, "missed": 5, "last_results": 0, "last_at": utc_now()}
    asked = [{"id": new_id(), "day": 20261101 + number % 20, "words": f"羊{number}"} for number in range(ROWS)]
    db.session.execute(insert(SearchCount), [row | counts for row in asked])
    db.session.execute(text("ANALYZE TABLE cat_search_posting, cat_search_document, cat_search_word, cat_search_count"))


@pytest.mark.commits
def test_no_list_and_no_sweep_scans_or_sorts(app: Flask) -> None:
    many_orders()
    many_deliveries()
    many_files()
    many_requests()
    many_notices()
    many_goods()
    many_postings()
    db.session.execute(text("COMMIT"))
    assert {name: found for name, query in QUERIES.items() if (found := flaws(query))} == {}


@pytest.mark.commits
def test_control_a_search_inside_a_text_is_found_out(app: Flask) -> None:
    many_orders()

    def search() -> None:
        db.session.execute(text("SELECT * FROM ord_order WHERE remark LIKE '%x%' ORDER BY remark"))

    assert len(flaws(search)) == 2
