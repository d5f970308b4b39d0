from concurrent.futures import ThreadPoolExecutor

import pytest


def parameters(merchant, prepay_id, **changes):
    given = {"appId": merchant.appid, "timeStamp": "1795157740", "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"}
    given |= {"package": f"prepay_id={prepay_id}", "signType": "RSA"} | changes
    signed = "".join(f"{given[name]}\n" for name in ("appId", "timeStamp", "nonceStr", "package"))
    return {"paySign": merchant.sign(signed), **given}


def test_the_phone_pays_with_well_signed_parameters(merchant, control):
    prepay_id = merchant.prepay().json()["prepay_id"]

    answer = control.request_payment(parameters(merchant, prepay_id))
    paid = merchant.query().json()

    assert (answer["result"], answer["errMsg"]) == ("ok", "requestPayment:ok")
    assert (paid["trade_state"], paid["trade_type"], paid["payer"]) == ("SUCCESS", "JSAPI", {"openid": "buyer"})
    assert paid["amount"] == {"total": 1000, "currency": "CNY", "payer_total": 1000, "payer_currency": "CNY"}
    assert len(paid["transaction_id"]) == 28
    by_id = merchant.send("GET", f"/v3/pay/transactions/id/{paid['transaction_id']}?mchid={merchant.mchid}")
    assert by_id.json() == paid


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"timeStamp": 1795157740}, "bad_parameters"),
        ({"timeStamp": "now"}, "bad_parameters"),
        ({"signType": "MD5"}, "bad_parameters"),
        ({"nonceStr": ""}, "bad_parameters"),
        ({"package": "wx123"}, "bad_parameters"),
        ({"package": "prepay_id=wx123"}, "unknown"),
        ({"appId": "wx0000000000000000"}, "bad_parameters"),
        ({"paySign": "AAAA"}, "bad_signature"),
    ],
    ids=repr,
)
def test_the_phone_refuses_parameters_that_are_wrong(merchant, control, changes, result):
    prepay_id = merchant.prepay().json()["prepay_id"]

    assert control.request_payment(parameters(merchant, prepay_id, **changes))["result"] == result
    assert merchant.query().json()["trade_state"] == "NOTPAY"


def test_the_phone_refuses_parameters_changed_after_signing(merchant, control):
    first, second = (merchant.prepay(f"ORDER000{n}").json()["prepay_id"] for n in (1, 2))

    forged = parameters(merchant, first) | {"package": f"prepay_id={second}"}

    assert control.request_payment(forged)["result"] == "bad_signature"


def test_only_the_order_s_own_user_can_pay(merchant, control):
    prepay_id = merchant.prepay().json()["prepay_id"]

    assert control.pay(prepay_id=prepay_id, openid="other")["result"] == "wrong_user"
    assert control.pay(prepay_id=prepay_id, openid="buyer")["result"] == "ok"


def test_an_abandoned_payment_can_still_be_paid(merchant, control):
    prepay_id = merchant.prepay().json()["prepay_id"]

    assert control.abandon(prepay_id=prepay_id)["errMsg"] == "requestPayment:fail cancel"
    assert merchant.query().json()["trade_state"] == "NOTPAY"
    assert control.pay(prepay_id=prepay_id)["result"] == "ok"


def test_a_voucher_lowers_what_the_payer_paid_but_not_the_total(merchant, control):
    merchant.prepay()

    control.pay(out_trade_no="ORDER0001", payer_total=900)
    paid = merchant.query().json()

    assert (paid["amount"]["total"], paid["amount"]["payer_total"]) == (1000, 900)
    assert paid["promotion_detail"][0]["amount"] == 100


def test_a_mismatch_shows_in_query_and_callback(merchant, control, shop):
    merchant.prepay(notify_url=shop.url)

    control.pay(out_trade_no="ORDER0001", override={"total": 1, "appid": "wxother", "out_trade_no": "OTHER001"})
    shown = merchant.query().json()

    assert (shown["amount"]["total"], shown["appid"], shown["out_trade_no"]) == (1, "wxother", "OTHER001")
    assert shop.wait(1)
    (book,) = control.transactions()
    assert (book["out_trade_no"], book["override"]["appid"]) == ("ORDER0001", "wxother")


def test_late_money_arrives_on_a_closed_order(merchant, control, shop):
    merchant.prepay(notify_url=shop.url)
    merchant.close()

    assert control.pay(out_trade_no="ORDER0001", force=True)["result"] == "ok"
    assert merchant.query().json()["trade_state"] == "SUCCESS"
    assert len(shop.wait(1)) == 1


def test_unknown_money_arrives_without_a_prepay(merchant, control, shop):
    answer = control.unknown_money("STRANGE01", total=500, openid="buyer", notify_url=shop.url)

    assert answer["trade_state"] == "SUCCESS"
    assert merchant.query("STRANGE01").json()["amount"]["total"] == 500
    assert len(shop.wait(1)) == 1
    assert merchant.prepay("STRANGE01").json()["code"] == "OUT_TRADE_NO_USED"


def test_nothing_is_known_of_an_order_nobody_placed(control):
    assert control.pay(out_trade_no="NOBODY01")["result"] == "unknown"
    assert control.abandon(prepay_id="wx1")["result"] == "unknown"


def test_of_payments_at_the_same_moment_one_succeeds(merchant, control, shop):
    prepay_id = merchant.prepay(notify_url=shop.url).json()["prepay_id"]

    with ThreadPoolExecutor(8) as phones:
        results = list(phones.map(lambda _: control.pay(prepay_id=prepay_id)["result"], range(8)))

    assert sorted(results) == ["already_paid"] * 7 + ["ok"]
    assert len(control.deliveries()) == 1
