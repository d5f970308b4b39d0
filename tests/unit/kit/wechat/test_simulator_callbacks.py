import json
import time

import pytest

from kit.wechat.simulator import notifier
from kit.wechat.simulator.notifier import RETRY_SECONDS


@pytest.fixture
def delivered(control, eventually):
    """Waits for the only callback to come to rest, and hands it over."""

    def wait(*statuses):
        eventually(lambda: [item["status"] for item in control.deliveries()] == list(statuses or ("received",)))
        return control.deliveries()[-1]

    return wait


def test_a_payment_is_told_encrypted_and_signed(merchant, shop, delivered):
    paid = merchant.paid(notify_url=shop.url, attach="cart 7")

    headers, body = shop.wait(1)[0]
    notice = json.loads(body)
    resource = notice.pop("resource")

    assert merchant.verifies(headers, body)
    assert (headers["Wechatpay-Signature-Type"], headers["Content-Type"]) == (
        "WECHATPAY2-SHA256-RSA2048",
        "application/json",
    )
    assert len(headers["Request-ID"]) == 32
    assert (notice["event_type"], notice["resource_type"]) == ("TRANSACTION.SUCCESS", "encrypt-resource")
    assert (resource["algorithm"], resource["original_type"], resource["associated_data"]) == (
        "AEAD_AES_256_GCM",
        "transaction",
        "transaction",
    )
    assert len(resource["nonce"]) == 12
    assert json.loads(merchant.decrypt(resource)) == merchant.query().json()
    assert json.loads(merchant.decrypt(resource))["transaction_id"] == paid["transaction_id"]
    assert [attempt["http_status"] for attempt in delivered()["attempts"]] == [204]


def test_a_refused_callback_comes_again_with_the_same_id_and_a_new_signature(merchant, shop, delivered):
    shop.statuses = [500, 404, 200]
    merchant.paid(notify_url=shop.url)

    copies = shop.wait(3)

    assert [attempt["http_status"] for attempt in delivered()["attempts"]] == [500, 404, 200]
    assert len({body for _, body in copies}) == 1
    assert len({headers["Wechatpay-Nonce"] for headers, _ in copies}) == 3


@pytest.mark.parametrize("status", [201, 202, 302])
def test_only_200_and_204_count_as_received(merchant, shop, delivered, status):
    shop.statuses = [status]
    merchant.paid(notify_url=shop.url)

    assert [attempt["http_status"] for attempt in delivered()["attempts"]] == [status, 204]


def test_the_schedule_is_wechat_s_and_ends(merchant, shop, delivered, running_simulator, monkeypatch):
    minutes, hours = 60, 3600
    assert RETRY_SECONDS[:10] == (15, 15, 30, *(n * minutes for n in (3, 10, 20, 30, 30, 30, 60)))
    assert RETRY_SECONDS[10:] == (3 * hours, 3 * hours, 3 * hours, 6 * hours, 6 * hours)

    monkeypatch.setattr(running_simulator.world.notifier, "_retry_scale", 0.000001)
    shop.always = 500
    merchant.paid(notify_url=shop.url)
    assert len(delivered("given_up")["attempts"]) == 16


def test_a_shop_that_is_away_is_tried_again(merchant, control, eventually):
    merchant.paid(notify_url="http://127.0.0.1:9/notify")

    attempts = eventually(lambda: control.deliveries()[0]["attempts"])

    assert (attempts[0]["outcome"], attempts[0]["http_status"]) == ("unreachable", 0)


def test_a_lost_callback_never_comes_unless_resent(merchant, control, shop, delivered):
    control.callback_weather("lost")
    merchant.paid(notify_url=shop.url)

    lost = delivered("lost")
    assert (lost["attempts"], shop.received) == ([], [])
    assert merchant.query().json()["trade_state"] == "SUCCESS"
    control.resend(lost["id"])
    assert json.loads(shop.wait(1)[0][1])["id"] == lost["id"]


def test_a_duplicate_callback_comes_twice(merchant, control, shop, eventually):
    control.callback_weather("duplicate", copies=3)
    merchant.paid(notify_url=shop.url)

    assert len({body for _, body in shop.wait(3)}) == 1
    assert len(eventually(lambda: control.deliveries()[0]["attempts"][2:]) or []) == 1


def test_a_late_callback_comes_later(merchant, control, shop, delivered):
    control.callback_weather("late", seconds=0.1)
    before = time.monotonic()
    merchant.paid(notify_url=shop.url)

    assert len(shop.wait(1)) == 1
    assert time.monotonic() - before >= 0.1


def test_a_shop_that_takes_too_long_has_not_received(merchant, shop, delivered, monkeypatch):
    assert notifier.TIME_LIMIT_SECONDS == 5
    monkeypatch.setattr(notifier, "TIME_LIMIT_SECONDS", 0.05)
    shop.delays = [0.2]
    merchant.paid(notify_url=shop.url)

    assert [attempt["http_status"] for attempt in delivered()["attempts"]] == [0, 204]


def test_callbacks_ignore_a_proxy_of_the_environment(merchant, shop, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    merchant.paid(notify_url=shop.url)

    assert len(shop.wait(1)) == 1


def test_a_reset_ends_the_retries(merchant, control, shop):
    shop.always = 500
    merchant.paid(notify_url=shop.url)
    shop.wait(2)

    control.reset()

    assert control.deliveries() == []


def test_a_reordered_callback_comes_after_the_next_one(merchant, control, shop):
    control.callback_weather("reordered")
    merchant.paid("ORDER0001", notify_url=shop.url)
    assert control.deliveries()[0]["status"] == "held"
    merchant.paid("ORDER0002", notify_url=shop.url)

    numbers = [json.loads(merchant.decrypt(json.loads(body)["resource"]))["out_trade_no"] for _, body in shop.wait(2)]

    assert numbers == ["ORDER0002", "ORDER0001"]


def test_a_held_callback_leaves_when_the_weather_clears(merchant, control, shop):
    control.callback_weather("reordered")
    merchant.paid(notify_url=shop.url)

    control.clear_weather()

    assert len(shop.wait(1)) == 1


@pytest.mark.parametrize("fault", ["wrong_signature", "signtest", "stale_timestamp", "unknown_serial", "junk_body"])
def test_after_a_spoiled_callback_the_honest_one_follows(merchant, control, shop, delivered, fault):
    control.callback_weather(fault)
    shop.statuses = [401, 204]
    merchant.paid(notify_url=shop.url)

    (spoiled, first), (honest, second) = shop.wait(2)

    assert merchant.verifies(honest, second)
    assert merchant.verifies(spoiled, first) is (fault == "junk_body")
    assert [attempt["fault"] for attempt in delivered()["attempts"]] == [fault, ""]
    if fault == "signtest":
        assert spoiled["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    if fault == "junk_body":
        with pytest.raises(json.JSONDecodeError):
            json.loads(first)


def test_a_shop_that_believes_a_forgery_is_noticed(merchant, control, shop, delivered):
    control.callback_weather("wrong_signature")
    merchant.paid(notify_url=shop.url)

    assert [attempt["outcome"] for attempt in delivered()["attempts"]] == ["forgery_accepted", "received"]


def test_callback_weather_can_wait_for_one_kind_of_event(merchant, control, shop, delivered):
    control.callback_weather("lost", prefix="REFUND")
    control.refund_rule(delay=0)
    merchant.paid(notify_url=shop.url)
    merchant.refund("REFUND01", 1000, notify_url=shop.url)

    assert delivered("received", "lost")["event_type"] == "REFUND.SUCCESS"
