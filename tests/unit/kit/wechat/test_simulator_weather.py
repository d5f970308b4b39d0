import time

import pytest
import requests

PREPAY = "/v3/pay/transactions/jsapi"


def test_a_system_error_leaves_the_books_alone_and_passes(merchant, control):
    control.weather("5xx", prefix=PREPAY, times=2)

    answers = [merchant.prepay() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert answers[0].json()["code"] == "SYSTEM_ERROR"
    assert merchant.verifies(answers[0].headers, answers[0].content)


def test_a_gateway_error_is_unsigned_and_no_json(merchant, control):
    control.weather("5xx", status=502)

    answer = merchant.prepay()

    assert (answer.status_code, "Wechatpay-Signature" in answer.headers) == (502, False)
    assert answer.headers["Content-Type"] == "text/html"
    assert control.transactions() == []


def test_any_refusal_can_be_ordered(merchant, control):
    control.weather("refuse", code="FREQUENCY_LIMITED")

    answer = merchant.prepay()

    assert (answer.status_code, answer.json()["code"]) == (429, "FREQUENCY_LIMITED")


def test_dropped_after_accept_the_order_exists(merchant, control):
    control.weather("drop_after_accept", prefix=PREPAY)

    with pytest.raises(requests.ConnectionError):
        merchant.prepay()

    assert merchant.query().json()["trade_state"] == "NOTPAY"
    assert merchant.prepay().status_code == 200


def test_dropped_after_accept_the_refund_exists_once(merchant, control):
    merchant.paid()
    control.weather("drop_after_accept", prefix="/v3/refund", method="POST")

    with pytest.raises(requests.ConnectionError):
        merchant.refund("REFUND01", 1000)

    assert merchant.refund("REFUND01", 1000).status_code == 200
    assert len(control.refunds()) == 1


def test_dropped_before_nothing_happened(merchant, control):
    control.weather("drop_before")

    with pytest.raises(requests.ConnectionError):
        merchant.prepay()

    assert control.transactions() == []


def test_a_slow_answer_comes_after_the_books_changed(merchant, control):
    control.weather("slow", seconds=0.1)

    before = time.monotonic()
    answer = merchant.prepay()

    assert answer.status_code == 200
    assert time.monotonic() - before >= 0.1


@pytest.mark.parametrize("fault", ["wrong_signature", "signtest"])
def test_a_spoiled_answer_does_not_verify_but_the_next_does(merchant, control, fault):
    control.weather(fault)

    spoiled, honest = merchant.prepay(), merchant.query()

    assert (spoiled.status_code, merchant.verifies(spoiled.headers, spoiled.content)) == (200, False)
    assert spoiled.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/") is (fault == "signtest")
    assert merchant.verifies(honest.headers, honest.content)
    assert honest.json()["trade_state"] == "NOTPAY"


def test_weather_strikes_its_path_and_method_only(merchant, control):
    control.weather("5xx", prefix="/v3/refund", times=None)
    control.weather("5xx", prefix="/v3/pay", method="GET", times=None)

    assert merchant.prepay().status_code == 200
    assert [merchant.query().status_code for _ in range(2)] == [500, 500]
    control.clear_weather()
    assert merchant.query().status_code == 200


def test_the_control_api_has_no_weather(control):
    control.weather("5xx", times=None)

    assert control.state()["weather"][0]["fault"] == "5xx"


@pytest.mark.parametrize("rule", [{"fault": "hail"}, {"fault": "5xx", "tmies": 2}, {"fault": "5xx", "times": 0}])
def test_a_misspelt_rule_is_refused(control, rule):
    with pytest.raises(requests.HTTPError, match="PARAM_ERROR"):
        control.weather(**rule)


def test_the_journal_keeps_what_wechat_saw(merchant, control):
    control.weather("5xx")
    merchant.prepay()
    merchant.prepay()

    seen = control.requests("/v3/pay")

    assert [(entry["status"], entry["code"], entry["fault"]) for entry in seen] == [
        (500, "SYSTEM_ERROR", "5xx"),
        (200, "", ""),
    ]
    assert seen[1]["body"]["out_trade_no"] == "ORDER0001"
    assert control.state()["calls"] == {f"POST {PREPAY}": 2}


def test_reset_forgets_everything_but_the_keys(merchant, control):
    merchant.prepay()
    control.weather("5xx")
    control.signing(answers="certificate")
    keys = control.keys()

    control.reset()

    assert (control.transactions(), control.requests(), control.state()["users"]) == ([], [], [])
    assert control.state()["signing"] == {"answers": "public_key", "callbacks": "public_key"}
    assert control.keys() == keys
