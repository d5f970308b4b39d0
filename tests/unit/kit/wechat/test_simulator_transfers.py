import base64
import json
from datetime import datetime, timedelta

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1

from kit.wechat.simulator.clock import BEIJING
from kit.wechat.simulator.world import World

TRANSFERS = "/v3/fund-app/mch-transfer/transfer-bills"
COMMISSION = [
    {"info_type": "岗位类型", "info_content": "推广员"},
    {"info_type": "报酬说明", "info_content": "十一月佣金"},
]


class Payer:
    def __init__(self, merchant):
        self.merchant = merchant

    def body(self, out_bill_no="PAYOUT1", **changes):
        body = {"appid": self.merchant.appid, "out_bill_no": out_bill_no, "transfer_scene_id": "1005"}
        body |= {"openid": "buyer", "transfer_amount": 1234, "transfer_remark": "十一月佣金"}
        body |= {"transfer_scene_report_infos": COMMISSION} | changes
        return {name: value for name, value in body.items() if value is not None}

    def send(self, out_bill_no="PAYOUT1", **changes):
        return self.merchant.send("POST", TRANSFERS, self.body(out_bill_no, **changes))

    def query(self, out_bill_no="PAYOUT1"):
        return self.merchant.send("GET", f"{TRANSFERS}/out-bill-no/{out_bill_no}")

    def cancel(self, out_bill_no="PAYOUT1"):
        return self.merchant.send("POST", f"{TRANSFERS}/out-bill-no/{out_bill_no}/cancel")

    def state(self, out_bill_no="PAYOUT1"):
        answer = self.query(out_bill_no).json()
        return answer["state"], answer.get("fail_reason", "")

    def phone(self, package_info):
        return {"mchId": self.merchant.mchid, "appId": self.merchant.appid, "package": package_info}

    def sealed(self, name, serial):
        padding = OAEP(MGF1(SHA1()), SHA1(), None)
        return base64.b64encode(self.merchant.keys[serial].encrypt(name.encode(), padding)).decode()


@pytest.fixture
def payer(merchant, control):
    control.transfer_rule(delay=None)
    return Payer(merchant)


def told(merchant, shop, count):
    headers, body = shop.wait(count)[count - 1]
    assert merchant.verifies(headers, body)
    notice = json.loads(body)
    return notice, json.loads(merchant.decrypt(notice["resource"]))


def test_a_confirmed_transfer_succeeds_and_is_told(payer, merchant, control, shop):
    accepted = payer.send(notify_url=shop.url).json()
    said = control.request_transfer(payer.phone(accepted["package_info"]), openid="buyer")
    on_its_way = payer.state()
    control.advance_transfer("PAYOUT1", "SUCCESS")

    notice, resource = told(merchant, shop, 1)
    assert (accepted["state"], accepted["out_bill_no"]) == ("WAIT_USER_CONFIRM", "PAYOUT1")
    assert said == {"result": "ok", "errMsg": "requestMerchantTransfer:ok"}
    assert on_its_way == ("TRANSFERING", "")
    assert (notice["event_type"], notice["summary"]) == ("MCHTRANSFER.BILL.FINISHED", "商家转账单据终态通知")
    assert (notice["resource"]["original_type"], notice["resource"]["associated_data"]) == ("mch_payment",) * 2
    answer = payer.query().json()
    assert answer == resource | {"appid": merchant.appid, "transfer_remark": "十一月佣金"}
    assert (answer["mch_id"], answer["transfer_amount"], answer["openid"]) == (merchant.mchid, 1234, "buyer")
    by_number = merchant.send("GET", f"{TRANSFERS}/transfer-bill-no/{accepted['transfer_bill_no']}")
    assert by_number.json() == answer
    assert len(accepted["transfer_bill_no"]) == 40


def test_the_clock_brings_a_confirmed_transfer_to_its_end(payer, control, eventually):
    control.transfer_rule(delay=0.01, state="FAIL", fail_reason="ACCOUNT_FROZEN")
    payer.send()
    control.decide_transfer("PAYOUT1")

    eventually(lambda: payer.state() == ("FAIL", "ACCOUNT_FROZEN"))


@pytest.mark.parametrize("first", ["ACCEPTED", "PROCESSING"])
def test_a_transfer_may_first_have_to_wait_for_wechat(payer, control, first):
    control.transfer_rule(first=first, delay=None)

    accepted = payer.send().json()
    assert (accepted["state"], "package_info" in accepted) == (first, False)
    assert control.decide_transfer("PAYOUT1")["result"] == "finished"
    control.advance_transfer("PAYOUT1", "WAIT_USER_CONFIRM")
    again = payer.send().json()

    assert (again["state"], len(again["package_info"])) == ("WAIT_USER_CONFIRM", 64)
    assert again["transfer_bill_no"] == accepted["transfer_bill_no"]


def test_ignoring_changes_nothing_and_refusing_fails(payer, merchant, control, shop):
    payer.send(notify_url=shop.url)

    assert control.decide_transfer("PAYOUT1", decision="ignore")["result"] == "cancel"
    assert payer.state() == ("WAIT_USER_CONFIRM", "")
    assert control.decide_transfer("PAYOUT1", decision="refuse")["result"] == "cancel"
    assert payer.state() == ("FAIL", "PAYEE_ACCOUNT_ABNORMAL")
    assert told(merchant, shop, 1)[1]["fail_reason"] == "PAYEE_ACCOUNT_ABNORMAL"
    assert control.decide_transfer("PAYOUT1")["result"] == "finished"


def test_the_phone_checks_who_and_what(payer, control):
    package = payer.send().json()["package_info"]
    phone = payer.phone(package)

    assert control.request_transfer(phone | {"mchId": "1"})["result"] == "bad_parameters"
    assert control.request_transfer({"package": package})["result"] == "bad_parameters"
    assert control.request_transfer(phone | {"package": "guess"})["result"] == "unknown"
    assert control.request_transfer(phone, openid="somebody")["result"] == "wrong_user"
    assert payer.state() == ("WAIT_USER_CONFIRM", "")


def test_a_cancelled_transfer_is_told_and_cannot_be_confirmed(payer, merchant, control, shop):
    payer.send(notify_url=shop.url)

    answers = [payer.cancel().json()["state"], payer.cancel().json()["state"]]
    assert control.decide_transfer("PAYOUT1")["result"] == "finished"
    control.advance_transfer("PAYOUT1", "CANCELLED")

    assert answers == ["CANCELING", "CANCELING"]
    assert told(merchant, shop, 1)[1]["state"] == "CANCELLED"
    assert payer.cancel().json()["state"] == "CANCELLED"


def test_a_confirmed_transfer_cannot_be_cancelled(payer, control):
    payer.send()
    control.decide_transfer("PAYOUT1")

    refused = payer.cancel()

    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_REQUEST")
    assert payer.state() == ("TRANSFERING", "")


def test_the_same_number_is_one_transfer(payer, control):
    first, second = (payer.send().json() for _ in range(2))
    other = payer.send(transfer_amount=1235)

    assert first == second
    assert (other.status_code, other.json()["code"]) == (400, "INVALID_REQUEST")
    assert [transfer["transfer_amount"] for transfer in control.transfers()] == [1234]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transfer_amount": 9}, "PARAM_ERROR"),
        ({"transfer_amount": "10"}, "PARAM_ERROR"),
        ({"transfer_amount": 200_000}, "PARAM_ERROR"),
        ({"transfer_scene_id": "1001"}, "PARAM_ERROR"),
        ({"transfer_scene_id": "1000"}, "INVALID_REQUEST"),
        ({"transfer_scene_report_infos": []}, "INVALID_REQUEST"),
        ({"transfer_scene_report_infos": COMMISSION[:1]}, "INVALID_REQUEST"),
        ({"transfer_scene_report_infos": None}, "PARAM_ERROR"),
        ({"openid": "nobody"}, "INVALID_REQUEST"),
        ({"openid": "stranger"}, "INVALID_REQUEST"),
        ({"appid": "wx0000000000000000"}, "APPID_MCHID_NOT_MATCH"),
        ({"out_bill_no": "PAY-OUT"}, "PARAM_ERROR"),
        ({"transfer_remark": "长" * 33}, "PARAM_ERROR"),
        ({"user_name": "张三"}, "PARAM_ERROR"),
        ({"amount": 10}, "PARAM_ERROR"),
    ],
    ids=repr,
)
def test_a_wrong_transfer_is_refused_and_leaves_no_trace(payer, control, changes, code):
    control.create_user(openid="stranger", appid="wx0000000000000000")

    refused = payer.send(**changes)

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert control.transfers() == []


def test_ten_fen_and_the_marketing_scene_are_fine(payer):
    marketing = [{"info_type": "活动名称", "info_content": "新人"}, {"info_type": "奖励说明", "info_content": "红包"}]

    answer = payer.send(transfer_amount=10, transfer_scene_id="1000", transfer_scene_report_infos=marketing)

    assert answer.status_code == 200


def test_a_name_is_read_with_the_key_the_header_names_and_checked(payer, merchant, control, monkeypatch):
    control.create_user(openid="buyer", real_name="张三")
    serials = [merchant.settings["WECHAT_PAY_PUBLIC_KEY_ID"], control.keys()["WECHAT_PAY_PLATFORM_SERIAL"]]

    def send(number, name, serial, named):
        monkeypatch.setitem(merchant.session.headers, "Wechatpay-Serial", named)
        return payer.send(number, transfer_amount=200_000, user_name=payer.sealed(name, serial)).json()

    assert [send(f"RIGHT{at}", "张三", serial, serial)["state"] for at, serial in enumerate(serials)] == [
        "WAIT_USER_CONFIRM",
        "WAIT_USER_CONFIRM",
    ]
    assert send("RIGHT0", "张三", serials[0], serials[0])["out_bill_no"] == "RIGHT0"
    wrong = send("WRONG", "李四", serials[0], serials[0])
    assert (wrong["state"], wrong["fail_reason"]) == ("FAIL", "NAME_NOT_CORRECT")
    assert send("OTHERKEY", "张三", serials[0], serials[1])["code"] == "PARAM_ERROR"
    assert send("NOKEY", "张三", serials[0], "PUB_KEY_ID_0")["code"] == "PARAM_ERROR"


def test_what_nobody_sent_is_not_found(payer, merchant):
    for answer in (payer.query("NONE"), payer.cancel("NONE"), merchant.send("GET", f"{TRANSFERS}/transfer-bill-no/1")):
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_the_director_cannot_bend_the_order_of_states(payer, control):
    payer.send()

    with pytest.raises(requests.HTTPError, match="409"):
        control.advance_transfer("PAYOUT1", "CANCELLED")
    with pytest.raises(requests.HTTPError, match="404"):
        control.advance_transfer("NONE", "SUCCESS")
    assert payer.state() == ("WAIT_USER_CONFIRM", "")


def test_weather_strikes_transfers_too(payer, merchant, control, shop):
    control.weather("drop_after_accept", prefix=TRANSFERS, method="POST")
    control.callback_weather("duplicate", prefix="MCHTRANSFER")

    with pytest.raises(requests.ConnectionError):
        payer.send(notify_url=shop.url)
    assert payer.state() == ("WAIT_USER_CONFIRM", "")
    control.decide_transfer("PAYOUT1", decision="refuse")
    assert len({body for _, body in shop.wait(2)}) == 1


def test_an_unconfirmed_transfer_fails_after_24_hours(running_simulator):
    now = [datetime(2026, 11, 20, 12, tzinfo=BEIJING)]
    world = World(running_simulator.world.keyring.folder, clock=lambda: now[0])
    appid = world.keyring.identity.appid
    world.books.users.create(appid=appid, openid="buyer")
    body = {"appid": appid, "out_bill_no": "PAYOUT1", "transfer_scene_id": "1005", "openid": "buyer"}
    body |= {"transfer_amount": 10, "transfer_remark": "佣金", "transfer_scene_report_infos": COMMISSION}
    world.transfer_desk.request(body, "")

    now[0] += timedelta(hours=24, seconds=-1)
    assert world.transfer_desk.query(out_bill_no="PAYOUT1")["state"] == "WAIT_USER_CONFIRM"
    now[0] += timedelta(seconds=1)
    overdue = world.transfer_desk.query(out_bill_no="PAYOUT1")
    world.timetable.stop()

    assert (overdue["state"], overdue["fail_reason"]) == ("FAIL", "OVERDUE_CLOSE")
    assert overdue["update_time"] == "2026-11-21T12:00:00+08:00"
