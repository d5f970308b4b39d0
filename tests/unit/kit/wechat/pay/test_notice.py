"""A callback is verified, decrypted and read, or refused; no junk makes it crash."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from kit.wechat.pay.error import NoticeRefused
from kit.wechat.pay.keys import WechatKeys
from kit.wechat.pay.notice import MAX_NOTICE_BYTES, Notice, open_notice
from tests.fakes.wechat_pay import APIV3_KEY, SERIAL, FakeWechatPay, rsa_key

KEYS = WechatKeys({SERIAL: rsa_key("wechat").public_key()}, SERIAL)
RESOURCE = {"out_trade_no": "2611201530451234560042-1", "amount": {"total": 899, "currency": "CNY"}, "note": "支付"}


@pytest.fixture
def wechat() -> FakeWechatPay:
    return FakeWechatPay()


def opened(wechat: FakeWechatPay, body: bytes) -> Notice:
    """`body`, signed by WeChat, as we read it."""
    return open_notice(wechat.headers(body), body, keys=KEYS, apiv3_key=APIV3_KEY)


def refusal(wechat: FakeWechatPay, body: bytes) -> str:
    """Why a body signed by WeChat is refused."""
    with pytest.raises(NoticeRefused) as caught:
        opened(wechat, body)
    return str(caught.value)


def written(envelope: Any) -> bytes:
    return json.dumps(envelope).encode()


def with_resource(wechat: FakeWechatPay, **over: Any) -> bytes:
    """A callback whose sealed resource has `over` instead."""
    envelope = wechat.envelope(RESOURCE)
    return written(envelope | {"resource": envelope["resource"] | over})


def test_callback_is_opened(wechat: FakeWechatPay) -> None:
    assert opened(wechat, written(wechat.envelope(RESOURCE))) == Notice(
        "EV-2018022511223320873", "TRANSACTION.SUCCESS", RESOURCE
    )


def test_unsigned_callback_is_refused_before_anything_is_read(wechat: FakeWechatPay) -> None:
    with pytest.raises(NoticeRefused, match=r"^signature headers are missing$"):
        open_notice({}, b"not even JSON", keys=KEYS, apiv3_key=APIV3_KEY)


def test_tampered_callback_is_refused(wechat: FakeWechatPay) -> None:
    body = written(wechat.envelope(RESOURCE))
    with pytest.raises(NoticeRefused, match=r"^the signature does not match$"):
        open_notice(wechat.headers(body), body + b" ", keys=KEYS, apiv3_key=APIV3_KEY)


def test_stale_callback_is_refused() -> None:
    wechat = FakeWechatPay(now=1_600_000_000)
    assert refusal(wechat, written(wechat.envelope(RESOURCE))) == "the timestamp is more than five minutes off"


def test_body_of_the_greatest_size_is_still_read(wechat: FakeWechatPay) -> None:
    body = written(wechat.envelope(RESOURCE))
    opened(wechat, body + b" " * (MAX_NOTICE_BYTES - len(body)))


def test_larger_body_is_refused(wechat: FakeWechatPay) -> None:
    body = written(wechat.envelope(RESOURCE))
    assert refusal(wechat, body + b" " * (MAX_NOTICE_BYTES + 1 - len(body))) == "too large"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000])
def test_body_that_is_no_json_is_refused(wechat: FakeWechatPay, body: bytes) -> None:
    assert refusal(wechat, body) == "not JSON"


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"'])
def test_body_that_is_no_object_is_refused(wechat: FakeWechatPay, body: bytes) -> None:
    assert refusal(wechat, body) == "not an object"


@pytest.mark.parametrize("notice_id", [None, 7, "", "E" * 65, "通知"])
def test_callback_without_a_proper_id_is_refused(wechat: FakeWechatPay, notice_id: Any) -> None:
    assert refusal(wechat, written(wechat.envelope(RESOURCE, id=notice_id))) == "id is missing"


@pytest.mark.parametrize("event_type", [None, 7, "", "T" * 65])
def test_callback_without_an_event_type_is_refused(wechat: FakeWechatPay, event_type: Any) -> None:
    assert refusal(wechat, written(wechat.envelope(RESOURCE, event_type=event_type))) == "event_type is missing"


@pytest.mark.parametrize("resource", [None, [], "sealed"])
def test_callback_without_a_resource_is_refused(wechat: FakeWechatPay, resource: Any) -> None:
    assert refusal(wechat, written(wechat.envelope(RESOURCE, resource=resource))) == "resource is missing"


@pytest.mark.parametrize("algorithm", [None, "none", "AEAD_SM4_GCM", 1])
def test_other_algorithm_is_refused(wechat: FakeWechatPay, algorithm: Any) -> None:
    assert refusal(wechat, with_resource(wechat, algorithm=algorithm)) == "unknown algorithm"


@pytest.mark.parametrize("over", [{"nonce": None}, {"ciphertext": 7}, {"associated_data": {"a": 1}}])
def test_mistyped_resource_is_refused(wechat: FakeWechatPay, over: dict[str, Any]) -> None:
    assert refusal(wechat, with_resource(wechat, **over)) == "resource is not encrypted as documented"


@pytest.mark.parametrize(
    "over",
    [
        {"nonce": "0" * 12},
        {"nonce": ""},
        {"nonce": "0"},
        {"associated_data": "refund"},
        {"associated_data": None},
        {"ciphertext": "not base64!"},
        {"ciphertext": ""},
        {"ciphertext": base64.b64encode(b"x" * 64).decode()},
    ],
)
def test_resource_that_does_not_decrypt_is_refused(wechat: FakeWechatPay, over: dict[str, Any]) -> None:
    assert refusal(wechat, with_resource(wechat, **over)) == "resource cannot be decrypted"


def test_resource_sealed_with_another_key_is_refused(wechat: FakeWechatPay) -> None:
    body = written(wechat.envelope(RESOURCE, apiv3_key="another-key-of-exactly-32-bytes!"))
    assert refusal(wechat, body) == "resource cannot be decrypted"


def test_sealed_text_that_is_no_object_is_refused(wechat: FakeWechatPay) -> None:
    assert refusal(wechat, written(wechat.envelope([1, 2]))) == "not an object"
