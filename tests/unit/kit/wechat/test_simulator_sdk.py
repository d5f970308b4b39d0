"""The public SDK, pointed at the simulator, gets along with it."""

import json
from pathlib import Path

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType


@pytest.fixture
def sdk(merchant, shop, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings = merchant.settings
    sdk = WeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=settings["WECHAT_PAY_MCHID"],
        private_key=Path(settings["WECHAT_PAY_PRIVATE_KEY_FILE"]).read_text(),
        cert_serial_no=settings["WECHAT_PAY_CERT_SERIAL"],
        appid=settings["WECHAT_APPID"],
        apiv3_key=settings["WECHAT_PAY_APIV3_KEY"],
        notify_url=shop.url,
        public_key=Path(settings["WECHAT_PAY_PUBLIC_KEY_FILE"]).read_text(),
        public_key_id=settings["WECHAT_PAY_PUBLIC_KEY_ID"],
        timeout=(3, 10),
    )
    sdk._core._gate_way = settings["WECHAT_PAY_URL"]
    return sdk


def test_the_sdk_pays_queries_refunds_and_reads_the_callbacks(sdk, merchant, control, shop):
    control.refund_rule(delay=0)
    order = {"description": "起源 茶杯", "out_trade_no": "ORDER0001", "amount": {"total": 1000}}

    status, answer = sdk.pay(**order, payer={"openid": "buyer"})
    package = f"prepay_id={json.loads(answer)['prepay_id']}"
    signed = [merchant.appid, "1795157740", "nonce", package]
    phone = dict(zip(("appId", "timeStamp", "nonceStr", "package"), signed, strict=True))
    assert status == 200
    assert control.request_payment(phone | {"signType": "RSA", "paySign": sdk.sign(signed)})["result"] == "ok"

    headers, body = shop.wait(1)[0]
    paid = sdk.callback(headers, body)
    assert (paid["event_type"], paid["resource"]["out_trade_no"]) == ("TRANSACTION.SUCCESS", "ORDER0001")
    assert json.loads(sdk.query(out_trade_no="ORDER0001")[1]) == paid["resource"]
    assert json.loads(sdk.query(transaction_id=paid["resource"]["transaction_id"])[1]) == paid["resource"]

    amount = {"refund": 400, "total": 1000, "currency": "CNY"}
    status, answer = sdk.refund("REFUND01", amount, out_trade_no="ORDER0001", reason="不想要了")
    assert (status, json.loads(answer)["status"]) == (200, "PROCESSING")
    refunded = sdk.callback(*shop.wait(2)[1])
    assert (refunded["event_type"], refunded["resource"]["amount"]["refund"]) == ("REFUND.SUCCESS", 400)
    assert json.loads(sdk.query_refund("REFUND01")[1])["status"] == "SUCCESS"


def test_the_sdk_closes_an_order_and_hears_refusals(sdk):
    order = {"description": "茶杯", "out_trade_no": "ORDER0001", "amount": {"total": 1}, "payer": {"openid": "buyer"}}
    sdk.pay(**order)

    assert sdk.close("ORDER0001")[0] == 204
    status, answer = sdk.pay(**order)
    assert (status, json.loads(answer)["code"]) == (400, "ORDER_CLOSED")


def test_the_sdk_loads_the_platform_certificate_and_verifies_with_it(sdk, control):
    control.signing(answers="certificate")
    order = {"description": "茶杯", "out_trade_no": "ORDER0001", "amount": {"total": 1}, "payer": {"openid": "buyer"}}

    assert sdk.pay(**order)[0] == 200
    assert control.state()["calls"]["GET /v3/certificates"] == 1
