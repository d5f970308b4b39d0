import base64

import pytest
import requests


class MiniProgram:
    def __init__(self, merchant):
        self.session = merchant.session
        self.url = merchant.url
        self.appid, self.secret = merchant.appid, merchant.settings["WECHAT_APP_SECRET"]

    def login(self, code, **changes):
        query = {"appid": self.appid, "secret": self.secret, "js_code": code, "grant_type": "authorization_code"}
        return self.session.get(f"{self.url}/sns/jscode2session", params=query | changes, timeout=5)

    def token(self, **changes):
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        return self.session.post(f"{self.url}/cgi-bin/stable_token", json=body | changes, timeout=5).json()

    def phone(self, code, token):
        target = f"{self.url}/wxa/business/getuserphonenumber?access_token={token}"
        return self.session.post(target, json={"code": code}, timeout=5).json()


@pytest.fixture
def app(merchant):
    return MiniProgram(merchant)


def test_a_login_code_names_the_user_once(app, control):
    code = control.login_code("buyer")

    answer = app.login(code)
    session = answer.json()

    assert (answer.status_code, session.keys()) == (200, {"openid", "session_key", "unionid"})
    assert (session["openid"], len(base64.b64decode(session["session_key"]))) == ("buyer", 16)
    assert "Wechatpay-Signature" not in answer.headers
    assert app.login(code).json()["errcode"] == 40163


def test_openid_and_unionid_stay_while_the_session_key_changes(app, control):
    first, second = (app.login(control.login_code("buyer")).json() for _ in range(2))

    assert (first["openid"], first["unionid"]) == (second["openid"], second["unionid"])
    assert first["session_key"] != second["session_key"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"js_code": "invented"}, 40029),
        ({"js_code": ""}, 41008),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "guess"}, 40125),
        ({"grant_type": "password"}, 40002),
    ],
    ids=repr,
)
def test_a_wrong_login_is_refused_with_http_200_and_keeps_the_code(app, control, changes, errcode):
    code = control.login_code("buyer")

    answer = app.login(code, **changes)

    assert (answer.status_code, answer.json()["errcode"]) == (200, errcode)
    assert app.login(code).json()["openid"] == "buyer"


def test_a_code_of_another_app_s_user_is_bad(app, control):
    control.create_user(openid="stranger", appid="wx0000000000000000")

    assert app.login(control.login_code("stranger")).json()["errcode"] == 40029


@pytest.mark.parametrize("errcode", [-1, 45011])
def test_a_busy_wechat_can_be_ordered(app, control, errcode):
    control.weather("errcode", prefix="/sns", errcode=errcode)
    code = control.login_code("buyer")

    assert app.login(code).json()["errcode"] == errcode
    assert app.login(code).json()["openid"] == "buyer"


def test_the_token_is_stable_until_a_refresh_is_forced(app, control):
    first, second = app.token(), app.token()
    forced = app.token(force_refresh=True)

    assert (first["access_token"], first["expires_in"]) == (second["access_token"], 7200)
    assert forced["access_token"] != first["access_token"]
    assert app.phone(control.phone_code("buyer"), first["access_token"])["errcode"] == 40001
    assert app.phone(control.phone_code("buyer"), forced["access_token"])["errcode"] == 0


def test_an_expired_token_is_told_apart_from_an_invented_one(app, control):
    token = app.token()["access_token"]
    control.expire_access_token()

    assert app.phone(control.phone_code("buyer"), token)["errcode"] == 42001
    assert app.phone(control.phone_code("buyer"), "invented")["errcode"] == 40001
    assert app.token()["access_token"] != token


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": "wx0"}, 40013),
        ({"secret": ""}, 40125),
        ({"force_refresh": "yes"}, 47001),
    ],
    ids=repr,
)
def test_a_wrong_token_request_is_refused(app, changes, errcode):
    assert app.token(**changes)["errcode"] == errcode


def test_a_phone_code_shows_the_number_once_and_is_counted(app, merchant, control):
    token, code = app.token()["access_token"], control.phone_code("buyer")

    phone = app.phone(code, token)["phone_info"]

    numbers = (phone["phoneNumber"], phone["purePhoneNumber"], phone["countryCode"])
    assert numbers == ("13800138000", "13800138000", "86")
    assert phone["watermark"]["appid"] == merchant.appid
    assert app.phone(code, token)["errcode"] == 40029
    assert app.phone(control.login_code("buyer"), token)["errcode"] == 40029
    assert control.state()["calls"]["POST /wxa/business/getuserphonenumber"] == 3


def test_codes_exist_for_known_users_only(control):
    for issue in (control.login_code, control.phone_code):
        with pytest.raises(requests.HTTPError, match="404"):
            issue("nobody")
