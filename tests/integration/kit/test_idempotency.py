"""A POST that moves stock happens once, however often and however concurrently it is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pymysql
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from backend.inventory.domain.document import Document, DocumentLine
from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.domain.stock import StockItem
from backend.inventory.permission import InventoryPermission
from backend.inventory.wiring import services
from kit.api import idempotency
from kit.api.idempotency import KEEP, LEASE, ClaimState, IdempotencyClaim, sweep_claims
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from tests.fakes.probe import ProbePermission
from tests.fakes.subjects import FakeSubjects
from tests.integration.kit.rows import at_once, count, on_hand, stocked
from tests.support.client import IsolatedClient

RECEIPTS = "/admin/v1/stock/receipts"
KEY = "delivery-note-1"
Post = Callable[..., TestResponse]


def receipt(reference: str = "DN-1", quantity: int = 5, sku_id: int = 1) -> dict[str, Any]:
    return {"reference": reference, "lines": [{"sku_id": str(sku_id), "quantity": quantity}]}


@pytest.fixture
def headers(subjects: FakeSubjects) -> dict[str, str]:
    """A member of staff who may receive stock and use the probe; SKU 1 is known."""
    stocked(1)
    return subjects.staff(InventoryPermission.RECEIVE, ProbePermission.USE)


@pytest.fixture
def post(client: FlaskClient, headers: dict[str, str]) -> Post:
    """Sends a request with a key."""

    def send(
        path: str = RECEIPTS, body: Any = None, *, key: str | None = KEY, who: dict[str, str] | None = None
    ) -> TestResponse:
        sent = (who or headers) | ({} if key is None else {"Idempotency-Key": key})
        return client.post(path, json=receipt() if body is None else body, headers=sent)

    return send


def code(answer: TestResponse) -> str:
    """The error code of an answer."""
    assert answer.json is not None
    return str(answer.json["code"])


def claim() -> IdempotencyClaim:
    """The only claim."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(IdempotencyClaim)).one()


def set_claim(**values: Any) -> None:
    """Change every claim behind the route's back."""
    in_transaction(lambda: db.session.execute(update(IdempotencyClaim).values(**values)))


def test_first_request_takes_effect_and_is_remembered(post: Post) -> None:
    assert post().status_code == 204
    assert on_hand(1) == 5
    kept = claim()
    assert (kept.owner, kept.route, kept.key) == ("staff:7", "POST /admin/v1/stock/receipts", KEY)
    assert (kept.state, kept.status) == (ClaimState.COMPLETED, 204)


def test_repetition_has_no_second_effect(post: Post) -> None:
    post()
    again = post()
    assert (again.status_code, again.data) == (204, b"")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert on_hand(1) == 5
    assert count(LedgerEntry) == 1


def test_repetition_gets_the_same_bytes(post: Post) -> None:
    first = post("/admin/v1/probe/items", {"sku_id": "9"})
    again = post("/admin/v1/probe/items", {"sku_id": "9"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.content_type == first.content_type == "application/json"
    assert "Idempotency-Replayed" not in first.headers


def test_without_the_key_remembered_the_answer_would_differ(post: Post) -> None:
    first = post("/admin/v1/probe/items", {"sku_id": "9"})
    in_transaction(lambda: db.session.execute(IdempotencyClaim.__table__.delete()))
    in_transaction(lambda: db.session.execute(StockItem.__table__.delete().where(StockItem.sku_id == 9)))
    assert post("/admin/v1/probe/items", {"sku_id": "9"}).data != first.data


def test_key_with_another_body_is_refused(post: Post) -> None:
    post()
    other = post(body=receipt(quantity=6))
    assert (other.status_code, code(other)) == (422, "kit.idempotency_key_reused")
    assert on_hand(1) == 5


def test_key_with_another_query_string_is_refused(post: Post) -> None:
    post()
    assert code(post(f"{RECEIPTS}?dry=1")) == "kit.idempotency_key_reused"


@pytest.mark.parametrize("key", [None, "", "short", "x" * 65, "has space 1", "schlüssel1", "semi;colon"])
def test_missing_or_malformed_key_is_refused(post: Post, key: str | None) -> None:
    refused = post(key=key)
    assert (refused.status_code, code(refused)) == (422, "kit.idempotency_key_missing")
    assert refused.json is not None
    assert list(refused.json["errors"]) == ["Idempotency-Key"]
    assert on_hand(1) == 0
    assert count(IdempotencyClaim) == 0


@pytest.mark.parametrize("key", ["12345678", "a-b_c:d.e", "x" * 64])
def test_well_formed_key_is_taken(post: Post, key: str) -> None:
    assert post(key=key).status_code == 204


def test_another_key_is_another_intent(post: Post) -> None:
    post(key="delivery-note-1")
    assert post(body=receipt("DN-2"), key="delivery-note-2").status_code == 204
    assert on_hand(1) == 10


def test_same_key_of_another_user_is_independent(post: Post, subjects: FakeSubjects) -> None:
    post()
    colleague = subjects.staff(InventoryPermission.RECEIVE, staff_id=8)
    assert post(body=receipt("DN-2", 1), who=colleague).status_code == 204
    assert on_hand(1) == 6
    assert count(IdempotencyClaim) == 2


def test_same_key_on_another_route_is_independent(post: Post) -> None:
    post()
    assert post("/admin/v1/probe/items", {"sku_id": "9"}).status_code == 201


def test_refused_request_gives_its_key_back(post: Post) -> None:
    refused = post(body=receipt(sku_id=99))
    assert (refused.status_code, code(refused)) == (404, "inventory.unknown_sku")
    assert count(IdempotencyClaim) == 0
    stocked(99)
    assert post(body=receipt(sku_id=99)).status_code == 204
    assert on_hand(99) == 5


def test_invalid_request_gives_its_key_back(post: Post) -> None:
    assert post(body={"lines": []}).status_code == 422
    assert count(IdempotencyClaim) == 0
    assert post().status_code == 204


def test_crashed_request_gives_its_key_back_and_leaves_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "_complete", lambda _scope, _token, _answer: 1 / 0)
        assert post().status_code == 500
    assert (on_hand(1), count(LedgerEntry), count(IdempotencyClaim)) == (0, 0, 0)
    assert post().status_code == 204
    assert on_hand(1) == 5


def test_commit_whose_answer_got_lost_is_not_repeated(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[int] = []

    def lossy(work: Callable[[], Any]) -> Any:
        result = in_transaction(work)
        commits.append(1)
        if len(commits) == 2:
            raise OperationalError("COMMIT", {}, pymysql.err.OperationalError(2013, "lost connection"))
        return result

    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "in_transaction", lossy)
        assert post().status_code == 503
    assert claim().state is ClaimState.COMPLETED
    assert post().headers["Idempotency-Replayed"] == "true"
    assert on_hand(1) == 5


def test_request_whose_claim_was_taken_over_leaves_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = services().documents
    inbound = type(documents).inbound

    def receive_late(*args: Any) -> int:
        made = inbound(documents, *args)
        db.session.execute(update(IdempotencyClaim).values(token="somebody else"))
        return made

    monkeypatch.setattr(documents, "inbound", receive_late)
    late = post()
    assert (late.status_code, code(late)) == (409, "kit.idempotency_in_flight")
    assert (on_hand(1), count(LedgerEntry)) == (0, 0)


def test_request_under_way_is_in_flight(post: Post) -> None:
    post()
    set_claim(state=ClaimState.CLAIMED, leased_until=utc_now() + timedelta(seconds=30))
    again = post()
    assert (again.status_code, code(again)) == (409, "kit.idempotency_in_flight")
    assert on_hand(1) == 5


def test_request_under_way_with_another_body_is_refused_as_such(post: Post) -> None:
    post()
    set_claim(state=ClaimState.CLAIMED, leased_until=utc_now() + timedelta(seconds=30))
    assert code(post(body=receipt(quantity=6))) == "kit.idempotency_key_reused"


def test_claim_of_a_dead_process_is_taken_over_when_its_lease_expired(post: Post) -> None:
    post()
    for table in (LedgerEntry, DocumentLine, Document):
        in_transaction(lambda table=table: db.session.execute(table.__table__.delete()))
    set_claim(state=ClaimState.CLAIMED, status=None, body=None, leased_until=utc_now() - timedelta(milliseconds=2))
    assert post().status_code == 204
    assert on_hand(1) == 10
    kept = claim()
    assert (kept.state, kept.status) == (ClaimState.COMPLETED, 204)
    assert kept.leased_until > utc_now() + LEASE - timedelta(seconds=5)


def test_old_claims_are_swept_and_young_ones_stay(post: Post) -> None:
    post()
    now = claim().created_at + KEEP
    assert sweep_claims(now=now) == 0
    assert sweep_claims(now=now + timedelta(milliseconds=1)) == 1
    assert count(IdempotencyClaim) == 0


def test_route_that_rebuilds_its_answer_runs_again_and_finds_its_row(post: Post) -> None:
    first = post("/admin/v1/probe/items-by-row", {"sku_id": "9", "title": "kept"})
    again = post("/admin/v1/probe/items-by-row", {"sku_id": "9", "title": "kept"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == {"sku_id": "9", "token": "kept"}
    other = post("/admin/v1/probe/items-by-row", {"sku_id": "9", "title": "other"})
    assert code(other) == "kit.idempotency_key_reused"


def test_route_that_rebuilds_its_answer_gives_the_key_back_when_refused(post: Post) -> None:
    assert post("/admin/v1/probe/items-by-row", {"sku_id": "nine"}).status_code == 422
    assert count(IdempotencyClaim) == 0


@pytest.mark.commits
@pytest.mark.mysql_only
def test_second_request_at_the_same_moment_is_told_to_come_back(
    app: Flask, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = services().documents
    inbound = type(documents).inbound
    inside, answered = threading.Event(), threading.Event()

    def receive_slowly(*args: Any) -> int:
        inside.set()
        assert answered.wait(5)
        return inbound(documents, *args)

    monkeypatch.setattr(documents, "inbound", receive_slowly)
    app.test_client_class = IsolatedClient
    sent = headers | {"Idempotency-Key": KEY}

    def first() -> int:
        return app.test_client().post(RECEIPTS, json=receipt(), headers=sent).status_code

    def second() -> int:
        assert inside.wait(5)
        try:
            return app.test_client().post(RECEIPTS, json=receipt(), headers=sent).status_code
        finally:
            answered.set()

    assert at_once(app, first, second) == [204, 409]
    assert on_hand(1) == 5


@pytest.mark.commits
def test_ten_requests_at_the_same_moment_have_one_effect(app: Flask, headers: dict[str, str]) -> None:
    app.test_client_class = IsolatedClient
    sent = headers | {"Idempotency-Key": KEY}
    statuses = at_once(app, *[lambda: app.test_client().post(RECEIPTS, json=receipt(), headers=sent).status_code] * 10)
    assert set(statuses) <= {204, 409}
    assert 204 in statuses
    assert on_hand(1) == 5
    assert count(LedgerEntry) == 1


@pytest.mark.commits
def test_failure_of_completion_rolls_the_effect_back_for_real(
    app: Flask, client: FlaskClient, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_complete", lambda _scope, _token, _answer: 1 / 0)
    answer = client.post(RECEIPTS, json=receipt(), headers=headers | {"Idempotency-Key": KEY})
    assert answer.status_code == 500
    assert (on_hand(1), count(LedgerEntry), count(IdempotencyClaim)) == (0, 0, 0)
