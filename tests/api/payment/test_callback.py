"""WeChat's callbacks at the door: what is not provably WeChat's is refused and leaves nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.payment.domain.notice import StoredNotice
from backend.payment.gateway.wechat import WechatPayChannel
from backend.payment.repository.notice import NoticeRepository
from backend.payment.wiring import PAYMENT_NOTIFY_PATH, REFUND_NOTIFY_PATH, services
from kit.db.extension import db
from kit.wechat.pay.client import WechatPayClient
from kit.wechat.pay.keys import Merchant, WechatKeys
from kit.wechat.pay.notice import MAX_NOTICE_BYTES
from tests.fakes.wechat_pay import APIV3_KEY, SERIAL, FakeWechatPay, rsa_key
from tests.support.fresh import fresh_session
from tests.support.unchanged import nothing_changes

PATHS = [PAYMENT_NOTIFY_PATH, REFUND_NOTIFY_PATH]
RESOURCE = {"out_trade_no": "2611201530451234560042-1", "trade_state": "SUCCESS"}


@pytest.fixture(autouse=True)
def _real_channel(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callbacks are opened as in production, with keys of this test."""
    merchant = Merchant("wx1", "1900000001", "SERIAL", rsa_key("merchant"), APIV3_KEY)
    keys = WechatKeys({SERIAL: rsa_key("wechat").public_key()}, SERIAL)
    client = WechatPayClient(url="http://127.0.0.1:1", merchant=merchant, keys=keys)
    opened = WechatPayChannel(client, payment_notify_url="", refund_notify_url="")
    monkeypatch.setattr(services().noticing, "channel", opened)


@pytest.fixture
def wechat() -> FakeWechatPay:
    return FakeWechatPay()


def letter(wechat: FakeWechatPay, **over: Any) -> bytes:
    """The body of a callback."""
    return json.dumps(wechat.envelope(RESOURCE, **over)).encode()


def stored() -> list[tuple[str, str]]:
    """Id and type of what is kept."""
    fresh_session()
    return [(row.notice_id, row.event_type) for row in db.session.scalars(select(StoredNotice))]


def assert_fails(answer: TestResponse, status: int) -> None:
    """WeChat comes again after any answer that is not 2xx; FAIL is how it wants to be told."""
    assert answer.status_code == status
    assert answer.get_json()["code"] == "FAIL"
    assert set(answer.get_json()) == {"code", "message"}


@pytest.mark.parametrize("path", PATHS)
def test_a_signed_callback_is_stored_and_answered_with_nothing(
    client: FlaskClient, wechat: FakeWechatPay, path: str
) -> None:
    body = letter(wechat)
    answer = client.post(path, data=body, headers=wechat.headers(body))
    assert (answer.status_code, answer.data) == (204, b"")
    assert stored() == [("EV-2018022511223320873", "TRANSACTION.SUCCESS")]


def test_the_same_callback_again_is_answered_and_stored_once(client: FlaskClient, wechat: FakeWechatPay) -> None:
    for _ in range(3):
        body = letter(wechat)
        assert client.post(PATHS[0], data=body, headers=wechat.headers(body)).status_code == 204
    assert len(stored()) == 1


def test_headers_may_be_written_in_lower_case(client: FlaskClient, wechat: FakeWechatPay) -> None:
    body = letter(wechat)
    headers = {name.lower(): value for name, value in wechat.headers(body).items()}
    assert client.post(PATHS[0], data=body, headers=headers).status_code == 204


JUNK = [
    {},
    {"Wechatpay-Signature": ""},
    {"Wechatpay-Signature": "x", "Wechatpay-Nonce": "x", "Wechatpay-Timestamp": "x", "Wechatpay-Serial": "x"},
    {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/x", "Wechatpay-Timestamp": "99999999999999999999"},
    {"Authorization": "Bearer x"},
]


@pytest.mark.parametrize("headers", JUNK)
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[" * 10_000])
def test_junk_is_refused(client: FlaskClient, headers: dict[str, str], body: bytes) -> None:
    with nothing_changes():
        answers = [client.post(path, data=body, headers=headers) for path in PATHS]
    for answer in answers:
        assert_fails(answer, 401)


@pytest.mark.parametrize(
    "changed", ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"]
)
@pytest.mark.parametrize("value", ["", "-1", "x" * 5000, "\xff\xfe"])
def test_one_wrong_header_is_enough(client: FlaskClient, wechat: FakeWechatPay, changed: str, value: str) -> None:
    body = letter(wechat)
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body) | {changed: value}), 401)


def test_a_body_changed_on_its_way_is_refused(client: FlaskClient, wechat: FakeWechatPay) -> None:
    body = letter(wechat)
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body + b" ", headers=wechat.headers(body)), 401)


def test_somebody_elses_signature_is_refused(client: FlaskClient) -> None:
    forger = FakeWechatPay(key=rsa_key("forger"))
    body = letter(forger)
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=forger.headers(body)), 401)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff", b'{"id": 1}'])
def test_a_signed_body_that_is_no_callback_is_refused(client: FlaskClient, wechat: FakeWechatPay, body: bytes) -> None:
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body)), 401)


@pytest.mark.parametrize("over", [{"id": ""}, {"id": "x" * 65}, {"id": None}, {"event_type": None}, {"resource": "x"}])
def test_a_signed_callback_of_another_shape_is_refused(
    client: FlaskClient, wechat: FakeWechatPay, over: dict[str, Any]
) -> None:
    body = letter(wechat, **over)
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body)), 401)


def test_a_callback_sealed_with_another_key_is_refused(client: FlaskClient, wechat: FakeWechatPay) -> None:
    body = json.dumps(wechat.envelope(RESOURCE, apiv3_key="x" * 32)).encode()
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body)), 401)


def test_a_body_larger_than_any_callback_is_refused(client: FlaskClient, wechat: FakeWechatPay) -> None:
    body = b" " * (MAX_NOTICE_BYTES + 1)
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body)), 401)


def test_a_body_of_more_than_a_megabyte_is_not_read(client: FlaskClient, wechat: FakeWechatPay) -> None:
    body = b" " * 1_100_000
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body)), 413)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_a_callback(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_what_could_not_be_stored_is_asked_for_again(
    client: FlaskClient, wechat: FakeWechatPay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise RuntimeError("planted")

    monkeypatch.setattr(NoticeRepository, "store", fail)
    body = letter(wechat)
    with nothing_changes():
        assert_fails(client.post(PATHS[0], data=body, headers=wechat.headers(body)), 500)


def test_no_login_is_asked_for_and_none_helps(client: FlaskClient, wechat: FakeWechatPay) -> None:
    body = letter(wechat)
    headers = wechat.headers(body) | {"Authorization": "Bearer nonsense"}
    assert client.post(PATHS[0], data=body, headers=headers).status_code == 204
