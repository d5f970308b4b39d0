import pytest
import requests

TEMPLATE = "kJx9_paid-TEMPLATE"
DATA = {"character_string1": "2611201542002855232464", "amount2": "¥33.80", "thing3": "起源 茶杯"}


class Sender:
    def __init__(self, merchant):
        self.session = merchant.session
        self.url = f"{merchant.url}/cgi-bin/message/subscribe/send?access_token="
        body = {"grant_type": "client_credential", "appid": merchant.appid}
        body |= {"secret": merchant.settings["WECHAT_APP_SECRET"]}
        self.token = self.session.post(f"{merchant.url}/cgi-bin/stable_token", json=body, timeout=5).json()[
            "access_token"
        ]

    def send(self, fields=None, /, *, token="", **changes):
        body = {"touser": "buyer", "template_id": TEMPLATE, "page": "pages/order/order?no=1"}
        body |= {"data": {name: {"value": value} for name, value in (fields or DATA).items()}} | changes
        return self.session.post(self.url + (token or self.token), json=body, timeout=5).json()


@pytest.fixture
def sender(merchant):
    return Sender(merchant)


def test_a_message_uses_up_one_subscription(sender, control):
    assert control.subscribe("buyer", TEMPLATE, times=2) == 2

    answers = [sender.send(), sender.send(miniprogram_state="trial"), sender.send()]

    assert answers[:2] == [{"errcode": 0, "errmsg": "ok"}] * 2
    assert answers[2] == {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
    first, second = control.messages()
    at = first.pop("at")
    assert first == {
        "openid": "buyer",
        "template_id": TEMPLATE,
        "page": "pages/order/order?no=1",
        "data": DATA,
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }
    assert at.endswith("+08:00")
    assert second["miniprogram_state"] == "trial"


def test_a_subscription_is_of_one_user_to_one_template(sender, control):
    control.create_user(openid="other")
    control.subscribe("buyer", TEMPLATE)

    assert sender.send(touser="other")["errcode"] == 43101
    assert sender.send(template_id="kJx9_shipped-TEMPLATE")["errcode"] == 43101
    assert sender.send()["errcode"] == 0
    assert (len(control.messages("buyer")), control.messages("other")) == (1, [])


def test_subscriptions_add_up_and_can_be_taken_back(sender, control):
    assert [control.subscribe("buyer", TEMPLATE), control.subscribe("buyer", TEMPLATE)] == [1, 2]
    assert control.subscribe("buyer", TEMPLATE, times=0) == 0
    assert sender.send()["errcode"] == 43101


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"touser": "nobody"}, 40003),
        ({"touser": "stranger"}, 40003),
        ({"touser": ""}, 40003),
        ({"template_id": "no id"}, 40037),
        ({"template_id": ""}, 40037),
        ({"data": {}}, 47003),
        ({"data": {"thing1": "no object"}}, 47001),
        ({"data": {"title1": {"value": "x"}}}, 47003),
        ({"data": {"thing": {"value": "x"}}}, 47003),
        ({"data": {"thing1": {"value": 1}}}, 47003),
        ({"miniprogram_state": "beta"}, 47001),
        ({"token": "invented"}, 40001),
    ],
    ids=repr,
)
def test_a_wrong_message_is_refused_and_costs_nothing(sender, control, changes, errcode):
    control.create_user(openid="stranger", appid="wx0000000000000000")
    control.subscribe("buyer", TEMPLATE)

    assert sender.send(**changes)["errcode"] == errcode
    assert control.messages() == []
    assert sender.send()["errcode"] == 0


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("thing1", "二十个字以内的任何文字 ok 1!", "一二三四五六七八九十一二三四五六七八九十一"),
        ("thing2", "x", ""),
        ("character_string1", "SF-1234567890", "顺丰123"),
        ("character_string2", "x" * 32, "x" * 33),
        ("number1", "-12.50", "12元"),
        ("letter1", "abcXYZ", "abc1"),
        ("symbol1", "+-*", "a"),
        ("amount1", "33.80元", "33.80 元"),
        ("amount2", "￥1234567890", "￥12345678901"),
        ("time1", "2026年11月20日 15:01", "2026年11月20日"),
        ("time2", "9:05~18:00", "25:00"),
        ("date1", "2026-11-20", "2026-11-20T15:01"),
        ("date2", "2026年11月20日 15:01:30", "20 Nov 2026"),
        ("phone_number1", "+86-0766-66888866", "电话 1"),
        ("car_number1", "粤A8Z888挂", "粤A8Z888888"),
        ("name1", "张三", "张三李四王五赵六钱七孙"),
        ("name2", "Ada Lovelace", "Ada Lovelace the Countess"),
        ("phrase1", "配送中", "配送中1"),
        ("phrase2", "待付款", "等待买家付款"),
    ],
)
def test_a_field_holds_what_its_kind_allows(sender, control, field, right, wrong):
    control.subscribe("buyer", TEMPLATE)

    refused = sender.send({"thing9": "茶", field: wrong})
    assert (refused["errcode"], refused["errmsg"]) == (47003, f"argument invalid! data.{field}.value invalid")
    assert sender.send({"thing9": "茶", field: right})["errcode"] == 0


def test_a_registered_template_names_its_fields_and_hides_all_others(sender, control):
    control.template(TEMPLATE, ["thing1", "time2"])
    control.subscribe("buyer", TEMPLATE)
    data = {"thing1": "茶", "time2": "15:01"}

    assert sender.send({"thing1": "茶"})["errmsg"].endswith("data.time2.value invalid")
    assert sender.send(data | {"thing3": "x"})["errmsg"].endswith("data.thing3.value invalid")
    assert sender.send(data, template_id="kJx9_shipped-TEMPLATE")["errcode"] == 40037
    assert sender.send(data)["errcode"] == 0
    with pytest.raises(requests.HTTPError, match="404"):
        control.subscribe("buyer", "kJx9_shipped-TEMPLATE")
    with pytest.raises(requests.HTTPError, match="no such kind"):
        control.template("another", ["title1"])


def test_weather_strikes_messages_too(sender, control):
    control.subscribe("buyer", TEMPLATE)
    control.weather("errcode", prefix="/cgi-bin/message", errcode=45009)

    assert sender.send()["errcode"] == 45009
    assert sender.send()["errcode"] == 0


def test_only_users_subscribe(control):
    with pytest.raises(requests.HTTPError, match="404"):
        control.subscribe("nobody", TEMPLATE)
