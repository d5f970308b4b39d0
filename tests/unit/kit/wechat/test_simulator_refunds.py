import json

import pytest
import requests


@pytest.fixture
def paid(merchant, control, shop):
    control.refund_rule(delay=None)
    return merchant.paid(notify_url=shop.url)


def test_a_refund_is_accepted_first_and_finished_later(merchant, control, paid):
    accepted = merchant.refund("REFUND01", 300).json()

    assert (accepted["status"], accepted["amount"]["refund"], accepted["amount"]["payer_refund"]) == (
        "PROCESSING",
        300,
        300,
    )
    assert merchant.query().json()["trade_state"] == "REFUND"
    control.finish_refund("REFUND01")
    finished = merchant.query_refund("REFUND01").json()
    assert (finished["status"], finished["refund_id"]) == ("SUCCESS", accepted["refund_id"])
    assert finished["success_time"].endswith("+08:00")


def test_refunds_finish_by_themselves_after_the_delay(merchant, control, paid, eventually):
    control.refund_rule(delay=0.01, state="ABNORMAL")
    merchant.refund("REFUND01", 300)

    eventually(lambda: merchant.query_refund("REFUND01").json()["status"] == "ABNORMAL")


@pytest.mark.parametrize("state", ["SUCCESS", "ABNORMAL", "CLOSED"])
def test_the_result_arrives_as_a_callback(merchant, control, shop, paid, state):
    shop.wait(1)
    merchant.refund("REFUND01", 300, notify_url=shop.url)
    control.finish_refund("REFUND01", state)

    headers, body = shop.wait(2)[1]
    notice = json.loads(body)
    resource = json.loads(merchant.decrypt(notice["resource"]))

    assert merchant.verifies(headers, body)
    assert (notice["event_type"], notice["resource"]["original_type"]) == (f"REFUND.{state}", "refund")
    assert (resource["refund_status"], resource["out_refund_no"], resource["mchid"]) == (
        state,
        "REFUND01",
        merchant.mchid,
    )
    assert resource["amount"] == {"total": 1000, "refund": 300, "payer_total": 1000, "payer_refund": 300}


def test_the_same_refund_number_is_one_refund(merchant, control, paid):
    first, second = (merchant.refund("REFUND01", 300).json() for _ in range(2))

    assert first["refund_id"] == second["refund_id"]
    assert len(control.refunds()) == 1
    other = merchant.refund("REFUND01", 301)
    assert (other.status_code, other.json()["code"]) == (400, "INVALID_REQUEST")


def test_refunds_never_exceed_the_payment(merchant, control, paid):
    assert merchant.refund("REFUND01", 700).status_code == 200
    assert merchant.refund("REFUND02", 301).json()["code"] == "INVALID_REQUEST"
    assert merchant.refund("REFUND03", 300).status_code == 200
    assert [refund["out_refund_no"] for refund in control.refunds()] == ["REFUND01", "REFUND03"]


def test_a_closed_refund_gives_its_amount_back(merchant, control, paid):
    merchant.refund("REFUND01", 1000)
    control.finish_refund("REFUND01", "CLOSED")

    assert merchant.refund("REFUND02", 1000).status_code == 200


def test_the_fifty_first_partial_refund_is_refused(merchant, paid):
    assert {merchant.refund(f"REFUND{n:02d}", 1).status_code for n in range(50)} == {200}
    assert merchant.refund("REFUND50", 1).json()["code"] == "INVALID_REQUEST"


def test_vouchers_share_in_refunds_and_the_last_part_takes_the_rest(merchant, control):
    control.refund_rule(delay=None)
    merchant.prepay()
    control.pay(out_trade_no="ORDER0001", payer_total=667)

    shares = [merchant.refund(f"REFUND0{n}", part).json()["amount"] for n, part in enumerate((333, 333, 334))]

    assert [share["payer_refund"] for share in shares] == [222, 222, 223]
    assert [share["discount_refund"] for share in shares] == [111, 111, 111]


@pytest.mark.parametrize("ending", ["prepay", "close"])
def test_an_order_that_is_not_paid_is_not_refunded(merchant, ending):
    merchant.prepay()
    if ending == "close":
        merchant.close()

    assert merchant.refund("REFUND01", 300).json()["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"out_trade_no": "NOBODY01"}, 404, "RESOURCE_NOT_EXISTS"),
        ({"transaction_id": "4200000000000000"}, 404, "RESOURCE_NOT_EXISTS"),
        ({"out_trade_no": None}, 400, "PARAM_ERROR"),
        ({"amount": {"refund": 300, "total": 999, "currency": "CNY"}}, 400, "INVALID_REQUEST"),
        ({"amount": {"refund": 0, "total": 1000, "currency": "CNY"}}, 400, "PARAM_ERROR"),
        ({"amount": {"refund": True, "total": 1000, "currency": "CNY"}}, 400, "PARAM_ERROR"),
        ({"amount": {"refund": 300, "total": 1000}}, 400, "PARAM_ERROR"),
        ({"reason": "x" * 81}, 400, "PARAM_ERROR"),
        ({"notify_url": "http://shop.example/?a=1"}, 400, "PARAM_ERROR"),
        ({"why": "because"}, 400, "PARAM_ERROR"),
    ],
    ids=repr,
)
def test_a_wrong_refund_is_refused_and_writes_nothing(merchant, control, paid, changes, status, code):
    answer = merchant.refund("REFUND01", 300, **changes)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert control.refunds() == []
    assert merchant.query().json()["trade_state"] == "SUCCESS"


def test_a_refund_needs_its_number(merchant, paid):
    assert merchant.refund(None, 300).json()["code"] == "PARAM_ERROR"
    assert merchant.refund("No. 1", 300).json()["code"] == "PARAM_ERROR"


def test_a_refund_can_name_the_transaction(merchant, paid):
    answer = merchant.refund("REFUND01", 300, out_trade_no=None, transaction_id=paid["transaction_id"])

    assert answer.json()["out_trade_no"] == "ORDER0001"


def test_an_unknown_refund_does_not_exist(merchant):
    answer = merchant.query_refund("NOBODY01")

    assert (answer.status_code, answer.json()["code"]) == (404, "RESOURCE_NOT_EXISTS")


def test_an_abnormal_refund_can_be_put_right_but_a_final_one_cannot(merchant, control, paid):
    merchant.refund("REFUND01", 300)
    control.finish_refund("REFUND01", "ABNORMAL")
    control.finish_refund("REFUND01", "SUCCESS")

    with pytest.raises(requests.HTTPError, match="409"):
        control.finish_refund("REFUND01", "CLOSED")
