"""Only what WeChat signed, with a key we know, within five minutes, is believed."""

from __future__ import annotations

import base64

import pytest

from kit.wechat.pay.error import SignatureRefused
from kit.wechat.pay.keys import WechatKeys
from kit.wechat.pay.signature import TOLERANCE_SECONDS, verify
from tests.fakes.wechat_pay import SERIAL, FakeWechatPay, rsa_key

NOW = 1_795_150_000.0
BODY = '{"id":"EV-1","note":"支付"}'.encode()
KEYS = WechatKeys({SERIAL: rsa_key("wechat").public_key()}, SERIAL)


def at_now() -> float:
    return NOW


@pytest.fixture
def headers() -> dict[str, str]:
    """What WeChat sends with BODY."""
    return FakeWechatPay(now=NOW).headers(BODY)


def refusal(headers: dict[str, str], body: bytes = BODY, keys: WechatKeys = KEYS) -> str:
    """Why it is refused."""
    with pytest.raises(SignatureRefused) as caught:
        verify(headers, body, keys, at_now)
    return str(caught.value)


def test_what_wechat_signed_is_believed(headers: dict[str, str]) -> None:
    verify(headers, BODY, KEYS, at_now)


def test_empty_body_is_signed_too() -> None:
    verify(FakeWechatPay(now=NOW).headers(b""), b"", KEYS, at_now)


def test_platform_certificate_is_believed_beside_the_public_key() -> None:
    both = WechatKeys({SERIAL: rsa_key("wechat").public_key(), "5F": rsa_key("platform").public_key()}, SERIAL)
    verify(FakeWechatPay(rsa_key("platform"), "5F", NOW).headers(BODY), BODY, both, at_now)


def test_changed_body_is_refused(headers: dict[str, str]) -> None:
    assert refusal(headers, BODY.replace(b"EV-1", b"EV-2")) == "the signature does not match"


@pytest.mark.parametrize("body", [BODY + b"\n", b" " + BODY, BODY.replace(b":", b": ")])
def test_same_json_in_other_bytes_is_refused(headers: dict[str, str], body: bytes) -> None:
    assert refusal(headers, body) == "the signature does not match"


@pytest.mark.parametrize(
    ("name", "value"), [("Wechatpay-Nonce", "another"), ("Wechatpay-Timestamp", str(int(NOW) + 1))]
)
def test_changed_header_is_refused(headers: dict[str, str], name: str, value: str) -> None:
    assert refusal(headers | {name: value}) == "the signature does not match"


def test_signature_of_another_key_under_a_known_serial_is_refused() -> None:
    forged = FakeWechatPay(rsa_key("forger"), SERIAL, NOW).headers(BODY)
    assert refusal(forged) == "the signature does not match"


def test_key_of_another_serial_is_refused(headers: dict[str, str]) -> None:
    both = WechatKeys({SERIAL: rsa_key("wechat").public_key(), "5F": rsa_key("platform").public_key()}, SERIAL)
    assert refusal(headers | {"Wechatpay-Serial": "5F"}, keys=both) == "the signature does not match"


def test_unknown_serial_is_refused_without_asking_anybody(headers: dict[str, str]) -> None:
    assert refusal(headers | {"Wechatpay-Serial": "PUB_KEY_ID_UNKNOWN"}) == "unknown key serial"


@pytest.mark.parametrize("name", ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"])
def test_missing_header_is_refused(headers: dict[str, str], name: str) -> None:
    del headers[name]
    assert refusal(headers) == "signature headers are missing"


def test_signature_test_of_wechat_is_refused(headers: dict[str, str]) -> None:
    probe = headers | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]}
    assert refusal(probe) == "WeChat is testing whether signatures are checked"


@pytest.mark.parametrize("offset", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
def test_clock_that_is_five_minutes_off_is_tolerated(offset: int) -> None:
    verify(FakeWechatPay(now=NOW + offset).headers(BODY), BODY, KEYS, at_now)


@pytest.mark.parametrize("offset", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, -31_536_000])
def test_stale_or_future_message_is_refused(offset: int) -> None:
    assert refusal(FakeWechatPay(now=NOW + offset).headers(BODY)) == "the timestamp is more than five minutes off"


@pytest.mark.parametrize("timestamp", ["now", "1795150000.0", "-1", "１７９５１５００００", "9" * 13, "1795150000 "])
def test_timestamp_that_is_no_number_is_refused(headers: dict[str, str], timestamp: str) -> None:
    assert refusal(headers | {"Wechatpay-Timestamp": timestamp}) == "the timestamp is not a number"


@pytest.mark.parametrize("signature", ["not base64!", "签名", "AAAA", base64.b64encode(b"x" * 256).decode(), "A"])
def test_signature_that_is_junk_is_refused(headers: dict[str, str], signature: str) -> None:
    assert refusal(headers | {"Wechatpay-Signature": signature}) == "the signature does not match"


def test_nonce_outside_ascii_is_refused(headers: dict[str, str]) -> None:
    assert refusal(headers | {"Wechatpay-Nonce": "随机"}) == "the signature does not match"
