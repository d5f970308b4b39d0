"""wechatpay-axios-plugin against the simulator, and our client against wechatpay-axios-plugin."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from kit.wechat.pay.client import WechatPayClient
from kit.wechat.pay.error import NoticeRefused
from kit.wechat.pay.keys import load_merchant
from kit.wechat.pay.notice import open_notice

TRANSFERS = "v3/fund-app/mch-transfer/transfer-bills"


@pytest.fixture
def control(simulator):
    return simulator.control


@pytest.fixture
def settings(simulator):
    return simulator.settings


@pytest.fixture
def order(shop, settings):
    return {
        "appid": settings["WECHAT_APPID"],
        "mchid": settings["WECHAT_PAY_MCHID"],
        "description": "起源 茶杯, 青瓷",
        "out_trade_no": "ORDER0001",
        "notify_url": shop.notify_url,
        "amount": {"total": 1000, "currency": "CNY"},
        "payer": {"openid": "buyer"},
    }


def prepay(shop, order) -> Any:
    status, data = shop.call("post", "v3/pay/transactions/jsapi", order)
    assert status == 200, data
    return data["prepay_id"]


def query(shop, order) -> tuple[int, Any]:
    return shop.call("get", f"v3/pay/transactions/out-trade-no/{order['out_trade_no']}", mchid=order["mchid"])


def received(shop, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 5
    while len(notices := shop.do("received")) < count:
        assert time.monotonic() < deadline, f"only {notices}"
        time.sleep(0.01)
    return notices


def test_the_sdk_pays_hears_of_it_and_refunds(shop, control, order):
    control.refund_rule(delay=0)

    parameters = shop.do("requestPayment", prepayId=prepay(shop, order))
    assert control.request_payment(parameters, openid="buyer")["result"] == "ok"
    paid = received(shop, 1)[0]
    refund = {"out_trade_no": "ORDER0001", "out_refund_no": "REFUND01", "notify_url": shop.notify_url}
    amount = {"refund": 400, "total": 1000, "currency": "CNY"}
    status, accepted = shop.call("post", "v3/refund/domestic/refunds", refund | {"amount": amount})
    refunded = received(shop, 2)[1]

    assert (paid["event_type"], paid["resource"]["trade_state"]) == ("TRANSACTION.SUCCESS", "SUCCESS")
    assert (status, accepted["status"], accepted["amount"]["refund"]) == (200, "PROCESSING", 400)
    assert (refunded["event_type"], refunded["resource"]["refund_status"]) == ("REFUND.SUCCESS", "SUCCESS")
    assert query(shop, order) == (
        200,
        paid["resource"] | {"trade_state": "REFUND", "trade_state_desc": "订单发生过退款"},
    )
    assert shop.call("get", "v3/refund/domestic/refunds/REFUND01")[1]["status"] == "SUCCESS"


def test_the_sdk_closes_an_order_and_hears_refusals(shop, order):
    prepay(shop, order)
    closed = shop.call("post", "v3/pay/transactions/out-trade-no/ORDER0001/close", {"mchid": order["mchid"]})

    assert closed[0] == 204
    assert query(shop, order)[1]["trade_state"] == "CLOSED"
    status, refusal = shop.call("post", "v3/pay/transactions/jsapi", order)
    assert (status, refusal["code"]) == (400, "ORDER_CLOSED")


def test_the_sdk_verifies_with_the_platform_certificate(shop, control, order, settings):
    control.signing(answers="certificate", callbacks="certificate")

    prepay(shop, order)
    control.pay(out_trade_no="ORDER0001")

    serial = received(shop, 1)[0]["serial"]
    assert serial == control.keys()["WECHAT_PAY_PLATFORM_SERIAL"]
    assert query(shop, order)[1]["trade_state"] == "SUCCESS"


@pytest.mark.parametrize("fault", ["wrong_signature", "signtest"])
def test_the_sdk_refuses_what_is_spoiled_and_takes_the_honest_copy(shop, control, order, fault):
    control.callback_weather(fault)
    prepay(shop, order)
    control.weather(fault)

    assert shop.do("call", method="get", path="v3/certificates")["error"] == "EV3_RES_HEADER_SIGNATURE_DIGEST"
    control.pay(out_trade_no="ORDER0001")
    spoiled, honest = received(shop, 2)
    assert (spoiled, honest["event_type"]) == ({"refused": "not verified"}, "TRANSACTION.SUCCESS")


def test_the_sdk_reads_the_bills(shop, control, order):
    prepay(shop, order)
    control.pay(out_trade_no="ORDER0001")
    day = control.transactions()[0]["success_time"][:10]
    control.bills_ready()

    trade = shop.do("bill", path="v3/bill/tradebill", params={"bill_date": day, "bill_type": "SUCCESS"})
    funds = shop.do("bill", path="v3/bill/fundflowbill", params={"bill_date": day})

    assert [(row["商户订单号"], row["商品名称"], row["订单金额"]) for row in trade["rows"]] == [
        ("ORDER0001", "起源 茶杯, 青瓷", "10.00")
    ]
    assert trade["summary"]["总交易单数"] == "1"
    assert [(row["收支类型"], row["收支金额(元)"]) for row in funds["rows"]] == [("收入", "10.00"), ("支出", "0.06")]
    assert funds["summary"]["支出金额"] == "0.06"


def test_the_sdk_transfers_to_a_user_by_encrypted_name(shop, control, settings):
    serial = settings["WECHAT_PAY_PUBLIC_KEY_ID"]
    body = {
        "appid": settings["WECHAT_APPID"],
        "out_bill_no": "COMMISSION1",
        "transfer_scene_id": "1005",
        "openid": "buyer",
        "user_name": shop.do("seal", text="张三", serial=serial),
        "transfer_amount": 250_000,
        "transfer_remark": "十一月佣金",
        "notify_url": shop.notify_url,
        "transfer_scene_report_infos": [
            {"info_type": "岗位类型", "info_content": "推广员"},
            {"info_type": "报酬说明", "info_content": "十一月佣金"},
        ],
    }

    named = {"Wechatpay-Serial": serial}
    accepted = shop.do("call", method="post", path=TRANSFERS, body=body, headers=named)["data"]
    control.transfer_rule(delay=0)
    phone = {"mchId": settings["WECHAT_PAY_MCHID"], "appId": settings["WECHAT_APPID"]}
    assert accepted["state"] == "WAIT_USER_CONFIRM"
    assert control.request_transfer(phone | {"package": accepted["package_info"]})["result"] == "ok"
    told = received(shop, 1)[0]

    assert (told["event_type"], told["resource"]["state"]) == ("MCHTRANSFER.BILL.FINISHED", "SUCCESS")
    assert shop.call("get", f"{TRANSFERS}/out-bill-no/COMMISSION1")[1] == told["resource"] | {
        "appid": settings["WECHAT_APPID"],
        "transfer_remark": "十一月佣金",
    }


@pytest.mark.parametrize("mode", ["public_key", "certificate"])
def test_we_open_what_the_sdk_signed_and_encrypted(shop, simulator, our_keys, settings, mode):
    serials = {
        "public_key": settings["WECHAT_PAY_PUBLIC_KEY_ID"],
        "certificate": simulator.control.keys()["WECHAT_PAY_PLATFORM_SERIAL"],
    }
    file, resource = str(simulator.keys_dir / f"simulator_{mode}_mode_key.pem"), {"out_trade_no": "茶", "amount": 1}

    made = shop.do("notice", file=file, serial=serials[mode], resource=resource, eventType="TRANSACTION.SUCCESS")
    key = settings["WECHAT_PAY_APIV3_KEY"]
    notice = open_notice(made["headers"], made["body"].encode(), keys=our_keys, apiv3_key=key)

    assert (notice.id, notice.event_type, notice.resource) == ("EV-1", "TRANSACTION.SUCCESS", resource)
    with pytest.raises(NoticeRefused):
        open_notice(made["headers"], made["body"].replace("EV-1", "EV-2").encode(), keys=our_keys, apiv3_key=key)


def test_we_refuse_a_notice_signed_with_the_merchants_key(shop, our_keys, settings):
    made = shop.do(
        "notice",
        file=settings["WECHAT_PAY_PRIVATE_KEY_FILE"],
        serial=settings["WECHAT_PAY_PUBLIC_KEY_ID"],
        resource={},
        eventType="TRANSACTION.SUCCESS",
    )

    with pytest.raises(NoticeRefused, match="does not match"):
        open_notice(made["headers"], made["body"].encode(), keys=our_keys, apiv3_key=settings["WECHAT_PAY_APIV3_KEY"])


def test_the_sdk_verifies_our_signature_for_the_phone(shop, our_keys, settings, simulator):
    merchant = load_merchant(
        appid=settings["WECHAT_APPID"],
        mchid=settings["WECHAT_PAY_MCHID"],
        cert_serial=settings["WECHAT_PAY_CERT_SERIAL"],
        private_key_file=settings["WECHAT_PAY_PRIVATE_KEY_FILE"],
        apiv3_key=settings["WECHAT_PAY_APIV3_KEY"],
    )
    ours = WechatPayClient(url=simulator.url, merchant=merchant, keys=our_keys).payment_parameters("wx1")

    lines = [ours[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
    certificate = str(simulator.keys_dir / "apiclient_cert.pem")

    assert shop.do("verifies", lines=lines, signature=ours["paySign"], file=certificate) is True
    assert (
        shop.do("verifies", lines=[*lines[:3], "prepay_id=wx2"], signature=ours["paySign"], file=certificate) is False
    )
    assert abs(datetime.now(UTC).timestamp() - int(ours["timeStamp"])) < 60
