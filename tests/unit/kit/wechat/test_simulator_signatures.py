import json
import time
from pathlib import Path

import pytest
from cryptography import x509

TARGET = "/v3/pay/transactions/out-trade-no/ORDER0001?mchid={mchid}"


def test_answers_and_errors_are_signed_with_the_public_key(merchant):
    merchant.prepay()

    for answer in (merchant.query(), merchant.close(), merchant.query("NOBODY01"), merchant.send("GET", "/v3/nothing")):
        assert answer.headers["Wechatpay-Serial"] == merchant.settings["WECHAT_PAY_PUBLIC_KEY_ID"]
        assert answer.headers["Wechatpay-Signature-Type"] == "WECHATPAY2-SHA256-RSA2048"
        assert len(answer.headers["Request-ID"]) == 32
        assert merchant.verifies(answer.headers, answer.content)
        assert not merchant.verifies(answer.headers, answer.content + b" ")


def test_answers_can_switch_to_the_platform_certificate_while_callbacks_do_not(merchant, control, shop):
    control.signing(answers="certificate")
    merchant.paid(notify_url=shop.url)

    answer, (headers, body) = merchant.query(), shop.wait(1)[0]

    assert answer.headers["Wechatpay-Serial"] == control.keys()["WECHAT_PAY_PLATFORM_SERIAL"]
    assert headers["Wechatpay-Serial"] == merchant.settings["WECHAT_PAY_PUBLIC_KEY_ID"]
    assert merchant.verifies(answer.headers, answer.content)
    assert merchant.verifies(headers, body)


def test_callbacks_can_switch_to_the_platform_certificate(merchant, control, shop):
    control.signing(callbacks="certificate")
    merchant.paid(notify_url=shop.url)

    headers, body = shop.wait(1)[0]

    assert headers["Wechatpay-Serial"] == control.keys()["WECHAT_PAY_PLATFORM_SERIAL"]
    assert merchant.verifies(headers, body)


def test_the_platform_certificate_is_served_encrypted(merchant, control):
    (entry,) = merchant.send("GET", "/v3/certificates").json()["data"]

    pem = merchant.decrypt(entry["encrypt_certificate"])

    assert entry["serial_no"] == f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:X}"
    assert entry["serial_no"] == control.keys()["WECHAT_PAY_PLATFORM_SERIAL"]
    assert pem == Path(merchant.settings["WECHAT_PAY_PLATFORM_CERT_FILE"]).read_text()


@pytest.mark.parametrize(
    "lies",
    [
        {"mchid": "1900000001"},
        {"serial_no": "5" * 40},
        {"signature": "AAAA"},
        {"signature": "no base64!"},
        {"timestamp": "soon"},
        {"timestamp": "²"},
    ],
    ids=repr,
)
def test_a_false_claim_in_the_authorization_is_refused(merchant, lies):
    target = TARGET.format(mchid=merchant.mchid)
    authorization = merchant.authorization("GET", target, **lies).encode()

    answer = merchant.send("GET", target, authorization=authorization)

    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")


@pytest.mark.parametrize("age", [310, -310])
def test_a_timestamp_more_than_five_minutes_off_is_refused(merchant, age):
    target = TARGET.format(mchid=merchant.mchid)
    authorization = merchant.authorization("GET", target, timestamp=str(int(time.time()) - age))

    assert merchant.send("GET", target, authorization=authorization).status_code == 401


def test_a_replayed_request_is_refused(merchant):
    merchant.prepay()
    target = TARGET.format(mchid=merchant.mchid)
    authorization = merchant.authorization("GET", target)

    answers = [merchant.send("GET", target, authorization=authorization) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 401]


@pytest.mark.parametrize("authorization", ["Bearer token", "WECHATPAY2-SHA256-RSA2048 mchid=1", "WECHATPAY2-SM2 x"])
def test_a_malformed_authorization_is_refused(merchant, authorization):
    assert merchant.send("GET", "/v3/certificates", authorization=authorization).json()["code"] == "SIGN_ERROR"


def test_the_signature_covers_method_path_query_and_body(merchant, control):
    body = json.dumps({"mchid": merchant.mchid})
    target = "/v3/pay/transactions/out-trade-no/ORDER0001/close"
    merchant.prepay()

    for signed in (("GET", target, body), ("POST", target + "?a=1", body), ("POST", target, body + " ")):
        answer = merchant.send("POST", target, body, authorization=merchant.authorization(*signed))
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    assert control.transactions()[0]["trade_state"] == "NOTPAY"


def test_a_number_with_percent_encoding_is_verified_as_sent(merchant):
    merchant.prepay("ORDER|0001")

    target = f"/v3/pay/transactions/out-trade-no/ORDER%7C0001?mchid={merchant.mchid}"

    assert merchant.send("GET", target).json()["out_trade_no"] == "ORDER|0001"
