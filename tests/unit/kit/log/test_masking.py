"""Secrets and personal identifiers never reach a log line, in whatever form they stand there."""

from __future__ import annotations

import json
import time

import pytest

from kit.log.masking import masked, masked_field

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsImtpbmQiOiJtZW1iZXIifQ.x4tV_9f-2kQ1rY7mB3nC5dE8gH0jK6lM"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
PHONE = "13812345678"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"token {JWT} refused", "token <jwt> refused"),
        ("Authorization: Bearer opaque-refresh.token", "Authorization: Bearer <token>"),
        ("authorization: bearer abcdefgh12345678", "authorization: bearer <token>"),
        (f"Bearer {JWT}", "Bearer <jwt>"),
        ('mchid="190",signature="c2lnbmF0dXJlIG9mIGEgY2FsbA=="', 'mchid="190",signature="<signature>"'),
        (f"key: {PEM}!", "key: <private key>!"),
        (f"key: {PEM!r}", "key: '<private key>'"),
        (json.dumps({"pem": PEM}), '{"pem": "<private key>"}'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ (cut off", "<private key>"),
    ],
)
def test_token_signature_or_key_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": "hunter2!", "username": "ann"}', '{"password": "<secret>", "username": "ann"}'),
        ('{"password":"hunter2!"}', '{"password":"<secret>"}'),
        ("{'password': 'hunter2!', 'n': 1}", "{'password': '<secret>', 'n': 1}"),
        ("Settings(jwt_secret='abc', debug=False)", "Settings(jwt_secret='<secret>', debug=False)"),
        ('{"refresh_token": "Zk9-x_Y"}', '{"refresh_token": "<secret>"}'),
        (
            "/cgi-bin/token?appid=wx1&secret=0f1e2d&grant_type=x",
            "/cgi-bin/token?appid=wx1&secret=<secret>&grant_type=x",
        ),
        ("?access_token=68_abc&lang=zh", "?access_token=<secret>&lang=zh"),
        ("js_code=021Abc&x=1", "js_code=<secret>&x=1"),
        ('"session_key":"tiihtNczf5v6AKRyjwEUhQ=="', '"session_key":"<secret>"'),
        ("apiv3_key=0123456789", "apiv3_key=<secret>"),
        ("WECHAT_PAY_APIV3_KEY=0123456789", "WECHAT_PAY_APIV3_KEY=<secret>"),
        ('"paySign": "oR9d8PuhnIc"', '"paySign": "<secret>"'),
        ("old_password: geheim", "old_password: <secret>"),
    ],
)
def test_value_of_a_secret_name_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": "correct horse battery"}', '{"password": "<secret>"}'),
        ('{"password": "a,b;c&d)e}f]g", "n": 1}', '{"password": "<secret>", "n": 1}'),
        ('{"password": "}{", "n": 1}', '{"password": "<secret>", "n": 1}'),
        ("{'password': 'it\\'s me', 'n': 1}", "{'password': '<secret>', 'n': 1}"),
        ("""{'password': "it's me", 'n': 1}""", """{'password': "<secret>", 'n': 1}"""),
        (
            json.dumps({"body": '{"password": "hunter2 x", "n": 1}'}),
            r'{"body": "{\"password\": \"<secret>\", \"n\": 1}"}',
        ),
        ('{"password": "cut off in the mid', '{"password": "<secret>'),
    ],
)
def test_quoted_secret_is_masked_to_its_closing_quote(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mysql+pymysql://root:p4ss-word@db:3306/shop", "mysql+pymysql://root:<secret>@db:3306/shop"),
        ("redis://:p4ss@cache:6379/0", "redis://:<secret>@cache:6379/0"),
        ("amqp://shop:p4ss@mq//", "amqp://shop:<secret>@mq//"),
    ],
)
def test_password_in_the_address_of_a_server_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PHONE, "1********78"),
        (f"phone={PHONE}", "phone=1********78"),
        (f'{{"phone": "{PHONE}"}}', '{"phone": "1********78"}'),
        (f"['{PHONE}', 1]", "['1********78', 1]"),
        (f"手机{PHONE}，", "手机1********78，"),
        ("+8613812345678", "1********78"),
        ("+86 13812345678", "1********78"),
        ("8613812345678", "1********78"),
    ],
)
def test_phone_number_keeps_its_last_two_digits(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("form", ["{}", "openid={}", '{{"openid": "{}"}}', "('{}', 1)", "/users/{}/orders"])
def test_openid_keeps_its_last_four_characters(form: str) -> None:
    assert masked(form.format(OPENID)) == form.format("o***eS6o")


@pytest.mark.parametrize(
    "text",
    [
        "order 2611201530451234560042 placed",  # 22 digits with a mobile number inside
        "out_trade_no=2611201513812345678042-1",
        "id 41503612345679872",
        "transaction_id 4200002456202611201234567890",
        "amount_fen=13800 price_fen=899",
        "899.00 yuan",
        "12345678901",  # 11 digits, no mobile number
        "2026-11-20T08:30:00.000+00:00",
        "request 5f0c9e1d2b3a4c5d6e7f8091a2b3c4d5",
        "GET /api/v1/orders/2611201530451234560042 200 3.1 ms",
        "password is too weak",
        "the token has expired",
        "tokens: 3",
        "mysql+pymysql://db:3306/shop",
        "https://api.mch.weixin.qq.com/v3/pay?x=1",
        "kit.idempotency_key_missing",
        "ord_order:2611201530451234560042",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("password", "hunter2", "<secret>"),
        ("refresh_token", "abc", "<secret>"),
        ("note", f"call {PHONE}", "call 1********78"),
        ("body", {"password": "hunter2", "n": 1}, {"password": "<secret>", "n": 1}),
        ("body", {"user": {"phone": PHONE}}, {"user": {"phone": "1********78"}}),
        ("lines", [{"token": "abc"}, PHONE], [{"token": "<secret>"}, "1********78"]),
        ("token", None, None),
        ("status", 200, 200),
        ("ms", 1.5, 1.5),
        ("replayed", True, True),
    ],
)
def test_field_of_a_log_line_is_masked_by_name_and_by_content(name: str, value: object, expected: object) -> None:
    assert masked_field(name, value) == expected


@pytest.mark.parametrize("text", ["a-" * 4000, "a_" * 4000, "a" * 8000, "eyJ" * 3000, "token=" * 1500, "a://" * 2000])
def test_long_hostile_text_is_masked_in_no_time(text: str) -> None:
    """Anybody may send an address of 8,000 characters, and it is logged."""
    started = time.perf_counter()
    masked(text)
    assert time.perf_counter() - started < 0.2
