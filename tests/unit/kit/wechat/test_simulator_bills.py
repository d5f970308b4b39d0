import gzip
import hashlib
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from kit.wechat.simulator.cashier import Wish
from kit.wechat.simulator.clock import BEIJING
from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.world import World

DAY = date(2026, 11, 20)
TRADE_SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


class Calendar:
    def __init__(self, text):
        self.now = datetime.fromisoformat(text).replace(tzinfo=BEIJING)

    def __call__(self):
        return self.now

    def turn_to(self, text):
        self.now = datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.fixture
def calendar():
    return Calendar("2026-11-20 09:00:00")


@pytest.fixture
def world(running_simulator, calendar):
    world = World(running_simulator.world.keyring.folder, clock=calendar)
    world.books.users.create(appid=world.keyring.identity.appid, openid="buyer")
    world.refund_desk.rule.delay = None
    yield world
    world.timetable.stop()


def pay(world, out_trade_no, total, *, payer_total=None, description="茶杯", **more):
    identity = world.keyring.identity
    body = {"appid": identity.appid, "mchid": identity.mchid, "description": description, "notify_url": ""}
    body |= {"out_trade_no": out_trade_no, "amount": {"total": total}, "payer": {"openid": "buyer"}} | more
    world.books.prepay(body)
    return world.cashier.pay(Wish(payer_total=payer_total), out_trade_no=out_trade_no)["transaction_id"]


def refund(world, out_refund_no, out_trade_no, amount, total):
    body = {"out_refund_no": out_refund_no, "out_trade_no": out_trade_no}
    body |= {"amount": {"refund": amount, "total": total, "currency": "CNY"}}
    return world.refund_desk.request(body)["refund_id"]


def lines(link):
    assert link.content.startswith(b"\xef\xbb\xbf")
    assert link.content.endswith(b"\r\n")
    return link.content.decode("utf-8-sig").split("\r\n")[:-1]


def rows(link):
    header, *details, _, _ = lines(link)
    return [dict(zip(header.split(","), row[1:].split(",`"), strict=True)) for row in details]


def refused(call, *arguments):
    with pytest.raises(PayError) as refusal:
        call(*arguments)
    return refusal.value.code


def test_a_bill_of_payments_byte_for_byte(world, calendar):
    identity = world.keyring.identity
    first = pay(world, "ORDER0001", 3380, attach="cart 7", description="茶杯, 青瓷\n一对")
    calendar.turn_to("2026-11-20 10:00:00")
    second = pay(world, "ORDER0002", 1000, payer_total=900)
    calendar.turn_to("2026-11-21 10:00:00")

    common = f"`{identity.appid},`{identity.mchid},`0,`"
    assert lines(world.bill_desk.trade(DAY, "SUCCESS")) == [
        "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
        "应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注",
        f"`2026-11-20 09:00:00,{common},`{first},`ORDER0001,`buyer,`JSAPI,`SUCCESS,`OTHERS,`CNY,"
        "`33.80,`0.00,`茶杯, 青瓷 一对,`cart 7,`0.20000,`0.60%,`33.80,`",
        f"`2026-11-20 10:00:00,{common},`{second},`ORDER0002,`buyer,`JSAPI,`SUCCESS,`OTHERS,`CNY,"
        "`10.00,`1.00,`茶杯,`,`0.06000,`0.60%,`10.00,`",
        TRADE_SUMMARY,
        "`2,`43.80,`0.00,`0.00,`0.26000,`43.80,`0.00",
    ]


def test_a_bill_of_everything_has_refunds_as_rows_of_their_own(world, calendar):
    transaction_id = pay(world, "ORDER0001", 1000, payer_total=900)
    calendar.turn_to("2026-11-20 11:00:00")
    refund_id = refund(world, "REFUND01", "ORDER0001", 500, 1000)
    calendar.turn_to("2026-11-21 10:00:00")

    link = world.bill_desk.trade(DAY, "ALL")
    header, paid, back, caption, summary = lines(link)
    identity = world.keyring.identity
    assert "退款申请时间" not in header
    assert paid.endswith("`CNY,`10.00,`1.00,`0,`0,`0.00,`0.00,`,`,`茶杯,`,`0.06000,`0.60%,`10.00,`0.00,`")
    assert back == (
        f"`2026-11-20 11:00:00,`{identity.appid},`{identity.mchid},`0,`,`{transaction_id},`ORDER0001,`buyer,`JSAPI,"
        f"`REFUND,`OTHERS,`CNY,`0.00,`0.00,`{refund_id},`REFUND01,`5.00,`0.50,`ORIGINAL,`PROCESSING,`茶杯,`,"
        "`-0.03000,`0.60%,`0.00,`5.00,`"
    )
    assert (caption, summary) == (TRADE_SUMMARY, "`2,`10.00,`5.00,`0.50,`0.03000,`10.00,`5.00")


def test_a_bill_of_refunds_has_their_times_and_the_day_of_acceptance(world, calendar):
    pay(world, "ORDER0001", 1000)
    calendar.turn_to("2026-11-20 23:59:59")
    refund(world, "REFUND01", "ORDER0001", 400, 1000)
    calendar.turn_to("2026-11-21 00:00:05")
    world.refund_desk.finish("REFUND01", "SUCCESS")
    refund(world, "REFUND02", "ORDER0001", 600, 1000)
    world.refund_desk.finish("REFUND02", "ABNORMAL")
    calendar.turn_to("2026-11-22 10:00:00")

    (first,), (second,) = (rows(world.bill_desk.trade(DAY + timedelta(days=late), "REFUND")) for late in (0, 1))

    times = ("退款申请时间", "退款成功时间", "退款状态", "手续费")
    assert [first[name] for name in times] == ["2026-11-20 23:59:59", "2026-11-21 00:00:05", "SUCCESS", "-0.02000"]
    assert [second[name] for name in times] == ["2026-11-21 00:00:05", "", "FAIL", "0.00000"]


def test_the_fee_comes_back_whole_however_many_parts(world, calendar):
    pay(world, "ORDER0001", 1000)
    for part in range(10):
        refund(world, f"REFUND{part}", "ORDER0001", 100, 1000)
    calendar.turn_to("2026-11-21 10:00:00")

    assert lines(world.bill_desk.trade(DAY, "ALL"))[-1] == "`11,`10.00,`10.00,`0.00,`0.00000,`10.00,`10.00"


def test_the_fund_flow_byte_for_byte(world, calendar):
    identity = world.keyring.identity
    pay(world, "EARLIER01", 100_000)
    calendar.turn_to("2026-11-21 09:00:00")
    transaction_id = pay(world, "ORDER0001", 1000)
    refund_id = refund(world, "REFUND01", "ORDER0001", 500, 1000)
    calendar.turn_to("2026-11-21 09:00:03")
    world.refund_desk.finish("REFUND01", "SUCCESS")
    report = [{"info_type": "补贴类型", "info_content": "交通"}]
    body = {"appid": identity.appid, "out_bill_no": "PAYOUT1", "transfer_scene_id": "1002", "openid": "buyer"}
    body |= {"transfer_amount": 1234, "transfer_remark": "补贴", "transfer_scene_report_infos": report}
    number = world.transfer_desk.request(body, "")["transfer_bill_no"]
    calendar.turn_to("2026-11-21 09:05:00")
    world.transfer_desk.play("PAYOUT1", "SUCCESS", "")
    calendar.turn_to("2026-11-22 10:00:00")

    payment = f"`2026-11-21 09:00:00,`{transaction_id},`{transaction_id},`交易"
    remark = "结算总金额10.00元;手续费0.06元,`ORDER0001"
    assert lines(world.bill_desk.funds(DAY + timedelta(days=1), "BASIC")) == [
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,"
        "业务凭证号",
        f"{payment},`交易,`收入,`10.00,`101004.00,`system,`{remark}",
        f"{payment},`扣除交易手续费,`支出,`0.06,`101003.94,`system,`{remark}",
        f"`2026-11-21 09:00:03,`{refund_id},`{transaction_id},`退款,`退款,`支出,`4.97,`100998.97,`{identity.mchid}API,"
        "`退款总金额5.00元;含手续费0.03元,`REFUND01",
        f"`2026-11-21 09:05:00,`{number},`{number},`商家转账,`转账,`支出,`12.34,`100986.63,`{identity.mchid}API,"
        "`补贴,`PAYOUT1",
        "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额",
        "`4,`1,`10.00,`3,`17.37",
    ]


def test_a_bill_is_made_from_ten_the_next_day_on_for_three_months(world, calendar):
    pay(world, "ORDER0001", 1000)
    desk = world.bill_desk

    assert refused(desk.trade, DAY, "ALL") == "INVALID_REQUEST"
    calendar.turn_to("2026-11-21 09:59:59")
    assert refused(desk.trade, DAY, "ALL") == "STATEMENT_CREATING"
    calendar.turn_to("2026-11-21 10:00:00")
    assert len(rows(desk.trade(DAY, "ALL"))) == 1
    calendar.turn_to("2027-02-18 10:00:00")
    assert len(rows(desk.trade(DAY, "ALL"))) == 1
    calendar.turn_to("2027-02-19 10:00:00")
    assert refused(desk.trade, DAY, "ALL") == "INVALID_REQUEST"


def test_days_and_kinds_without_anything_have_no_bill(world, calendar):
    pay(world, "ORDER0001", 1000)
    calendar.turn_to("2026-11-22 10:00:00")
    desk = world.bill_desk

    assert refused(desk.trade, DAY + timedelta(days=1), "ALL") == "NO_STATEMENT_EXIST"
    assert refused(desk.trade, DAY, "REFUND") == "NO_STATEMENT_EXIST"
    assert refused(desk.funds, DAY, "OPERATION") == "NO_STATEMENT_EXIST"


def test_a_link_lives_five_minutes(world, calendar):
    pay(world, "ORDER0001", 1000)
    calendar.turn_to("2026-11-21 10:00:00")
    link = world.bill_desk.trade(DAY, "ALL")
    calendar.turn_to("2026-11-21 10:04:59")
    assert world.bill_desk.file(link.token, packed=False) == link.content
    calendar.turn_to("2026-11-21 10:05:00")

    with pytest.raises(PayError, match="INVALID_REQUEST"):
        world.bill_desk.file(link.token, packed=False)


@pytest.mark.parametrize("tar_type", ["", "&tar_type=GZIP"])
def test_the_announced_hash_is_of_the_plain_file(merchant, control, tar_type):
    merchant.paid()
    today = control.transactions()[0]["success_time"][:10]
    control.bills_ready()

    answer = merchant.send("GET", f"/v3/bill/tradebill?bill_date={today}{tar_type}")
    announced = answer.json()
    url = urlsplit(announced["download_url"])
    file = merchant.send("GET", f"{url.path}?{url.query}")
    content = gzip.decompress(file.content) if tar_type else file.content

    assert merchant.verifies(answer.headers, answer.content)
    assert announced["download_url"].startswith(f"{merchant.url}/v3/billdownload/file?token=")
    assert (announced["hash_type"], announced["hash_value"]) == ("SHA1", hashlib.sha1(content).hexdigest())
    assert "Wechatpay-Signature" not in file.headers
    assert file.headers["Content-Type"] == ("application/x-gzip" if tar_type else "text/plain")
    assert "`ORDER0001,`buyer" in content.decode()
    assert merchant.session.get(announced["download_url"], timeout=5).json()["code"] == "SIGN_ERROR"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("tradebill", "PARAM_ERROR"),
        ("tradebill?bill_date=20261120", "PARAM_ERROR"),
        ("tradebill?bill_date=2026-02-30", "PARAM_ERROR"),
        ("tradebill?bill_date=2020-01-01", "INVALID_REQUEST"),
        ("tradebill?bill_date=2020-01-01&bill_type=EVERYTHING", "PARAM_ERROR"),
        ("fundflowbill?bill_date=2020-01-01&account_type=HOME", "PARAM_ERROR"),
    ],
)
def test_a_wrong_wish_is_refused(merchant, query, code):
    answer = merchant.send("GET", f"/v3/bill/{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_director_turns_the_calendar_of_the_bills_only(merchant, control):
    merchant.paid()
    today = control.transactions()[0]["success_time"][:10]
    target = f"/v3/bill/fundflowbill?bill_date={today}"
    tomorrow = date.fromisoformat(today) + timedelta(days=1)

    assert merchant.send("GET", target).json()["code"] == "INVALID_REQUEST"
    control.bills_ready(f"{tomorrow}T09:59:59+08:00")
    assert merchant.send("GET", target).json()["code"] == "STATEMENT_CREATING"
    assert control.bills_ready() == f"{tomorrow}T10:00:00+08:00"
    assert merchant.send("GET", target).status_code == 200
    control.bills_by_the_clock()
    assert merchant.send("GET", target).json()["code"] == "INVALID_REQUEST"
