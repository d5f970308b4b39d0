from datetime import UTC, datetime, timedelta

import pytest


def test_prepay_answers_a_prepay_id_and_the_order_waits_for_its_payment(merchant):
    answer = merchant.prepay(attach="cart 7")

    prepay_id = answer.json()["prepay_id"]
    assert (answer.status_code, prepay_id[:2], len(prepay_id)) == (200, "wx", 36)
    assert merchant.query().json() == {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "out_trade_no": "ORDER0001",
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
        "attach": "cart 7",
        "promotion_detail": [],
        "amount": {"total": 1000, "currency": "CNY"},
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"appid": None},
        {"mchid": None},
        {"description": None},
        {"description": "长" * 128},
        {"description": ""},
        {"out_trade_no": None},
        {"out_trade_no": "A1234"},
        {"out_trade_no": "A" * 33},
        {"out_trade_no": "ORDER#0001"},
        {"out_trade_no": 20261120},
        {"notify_url": None},
        {"notify_url": "/notify"},
        {"notify_url": "ftp://shop.example/notify"},
        {"notify_url": "https://shop.example/notify?order=1"},
        {"amount": None},
        {"amount": {}},
        {"amount": {"total": 0}},
        {"amount": {"total": -1}},
        {"amount": {"total": "1000"}},
        {"amount": {"total": 1000.0}},
        {"amount": {"total": True}},
        {"amount": {"total": 1000, "currency": "USD"}},
        {"amount": {"total": 1000, "fee": 1}},
        {"payer": None},
        {"payer": {}},
        {"payer": "buyer"},
        {"payer": {"openid": "nobody"}},
        {"time_expire": "tomorrow"},
        {"time_expire": "2099-01-01T00:00:00"},
        {"time_expire": "2020-01-01T00:00:00+08:00"},
        {"support_fapiao": "true"},
        {"scene_info": {"device_id": "till 1"}},
        {"detail": {"goods_detail": [{"merchant_goods_id": "1", "quantity": 0, "unit_price": 1}]}},
        {"limit_pay": "no_credit"},
        {"colour": "red"},
    ],
    ids=repr,
)
def test_prepay_refuses_a_malformed_order_and_writes_nothing(merchant, control, changes):
    answer = merchant.prepay(**changes)

    assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_ERROR")
    assert control.transactions() == []


def test_prepay_refuses_a_body_that_is_no_json_object(merchant):
    for body in ('{"appid": ', "[]", '"order"', ""):
        answer = merchant.send("POST", "/v3/pay/transactions/jsapi", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_ERROR")


def test_prepay_refuses_a_merchant_or_an_app_that_is_not_the_signer_s(merchant):
    assert merchant.prepay(mchid="1900000001").json()["code"] == "MCH_NOT_EXISTS"
    assert merchant.prepay(appid="wx0000000000000000").json()["code"] == "APPID_MCHID_NOT_MATCH"


def test_prepay_refuses_an_openid_of_another_app(merchant, control):
    control.create_user(openid="stranger", appid="wx0000000000000000")

    answer = merchant.prepay(payer={"openid": "stranger"})

    assert (answer.status_code, answer.json()["code"]) == (500, "OPENID_MISMATCH")


def test_the_same_order_again_gives_a_prepay_id_again(merchant, control):
    first, second = (merchant.prepay().json()["prepay_id"] for _ in range(2))

    assert control.transactions()[0]["prepay_ids"] == [first, second]
    assert control.pay(prepay_id=first)["result"] == "ok"
    assert control.pay(prepay_id=second)["result"] == "already_paid"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": 999, "currency": "CNY"}},
        {"description": "起源 茶壶"},
        {"notify_url": "http://127.0.0.1:9/elsewhere"},
        {"attach": "new"},
        {"time_expire": "2099-01-01T00:00:00+08:00"},
    ],
    ids=repr,
)
def test_the_same_number_with_other_parameters_is_refused(merchant, control, changes):
    merchant.prepay()

    answer = merchant.prepay(**changes)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    assert control.transactions()[0]["amount"] == {"total": 1000, "currency": "CNY"}


def test_a_number_of_another_buyer_is_used(merchant, control):
    control.create_user(openid="other")
    merchant.prepay()

    answer = merchant.prepay(payer={"openid": "other"})

    assert (answer.status_code, answer.json()["code"]) == (403, "OUT_TRADE_NO_USED")


def test_a_paid_order_cannot_be_prepaid_again(merchant):
    merchant.paid()

    answer = merchant.prepay()

    assert (answer.status_code, answer.json()["code"]) == (400, "ORDERPAID")


def test_closing_is_idempotent_and_ends_the_order(merchant, control):
    merchant.prepay()

    assert [merchant.close().status_code for _ in range(2)] == [204, 204]
    assert merchant.query().json()["trade_state"] == "CLOSED"
    assert merchant.prepay().json()["code"] == "ORDER_CLOSED"
    assert control.pay(out_trade_no="ORDER0001")["result"] == "closed"


def test_a_paid_order_cannot_be_closed(merchant):
    merchant.paid()

    answer = merchant.close()

    assert (answer.status_code, answer.json()["code"]) == (400, "ORDERPAID")
    assert merchant.query().json()["trade_state"] == "SUCCESS"


def test_an_order_past_its_deadline_is_closed(merchant, control, running_simulator):
    deadline = datetime.now(UTC) + timedelta(hours=1)
    merchant.prepay(time_expire=deadline.isoformat(timespec="seconds"))
    books = running_simulator.world.books
    books.find_transaction("ORDER0001").time_expire = datetime.now(UTC)

    assert control.pay(out_trade_no="ORDER0001")["result"] == "closed"
    assert merchant.query().json()["trade_state"] == "CLOSED"
    assert merchant.close().status_code == 204


def test_unknown_orders_do_not_exist(merchant):
    by_id = merchant.send("GET", f"/v3/pay/transactions/id/4200000000000000?mchid={merchant.mchid}")

    for answer in (merchant.query("NOBODY01"), merchant.close("NOBODY01"), by_id):
        assert (answer.status_code, answer.json()["code"]) == (404, "ORDER_NOT_EXIST")


def test_a_query_names_its_merchant(merchant):
    merchant.prepay()
    target = "/v3/pay/transactions/out-trade-no/ORDER0001"

    assert merchant.send("GET", target).json()["code"] == "PARAM_ERROR"
    assert merchant.send("GET", target + "?mchid=1900000001").json()["code"] == "MCH_NOT_EXISTS"
    assert merchant.send("POST", target + "/close", {}).json()["code"] == "PARAM_ERROR"
