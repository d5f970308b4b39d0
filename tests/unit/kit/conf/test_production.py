"""A production process refuses to start unless this list is empty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conf.production import problems
from conf.settings import (
    SAMPLE_SECRET,
    BrokerSettings,
    DatabaseSettings,
    HttpSettings,
    MailSettings,
    RedisSettings,
    SecuritySettings,
    Settings,
    WechatPaySettings,
    WechatSettings,
)

STRONG = "Zk9xYQ7w3Vn1rB5tM8cD2fH6jL4pS0aEuKgWqTzXvNi"


@pytest.fixture
def clean(tmp_path: Path) -> Settings:
    """A configuration with which a shop may open."""
    for name in ("merchant.pem", "wechat.pem", "platform.pem"):
        (tmp_path / name).write_text("PEM", encoding="utf-8")
    return Settings(
        env="production",
        database=DatabaseSettings(url="mysql+pymysql://u:p@db/shop"),
        redis=RedisSettings(url="redis://:p@cache/0"),
        broker=BrokerSettings(url="amqp://u:p@mq/"),
        http=HttpSettings(public_url="https://shop.example.cn", trusted_proxies=1),
        security=SecuritySettings(jwt_secret=STRONG),
        wechat=WechatSettings(appid="wx1", app_secret="s"),
        wechat_pay=WechatPaySettings(
            mchid="1900000001",
            apiv3_key="k" * 32,
            cert_serial="5F",
            private_key_file=str(tmp_path / "merchant.pem"),
            public_key_file=str(tmp_path / "wechat.pem"),
            public_key_id="PUB_KEY_ID_01",
            platform_cert_file=str(tmp_path / "platform.pem"),
        ),
    )


def with_changed(settings: Settings, section: str, **over: Any) -> Settings:
    """`settings` with fields of one section replaced."""
    return replace(settings, **{section: replace(getattr(settings, section), **over)})


def test_clean_configuration_has_no_problem(clean: Settings) -> None:
    assert problems(clean) == []


def test_debug_is_a_problem(clean: Settings) -> None:
    assert problems(replace(clean, debug=True)) == ["APP_DEBUG is on: set it to false."]


@pytest.mark.parametrize(
    ("section", "over", "beginning"),
    [
        ("http", {"public_url": "http://shop.example.cn"}, "PUBLIC_URL must start with https://"),
        ("http", {"trusted_proxies": 0}, "TRUSTED_PROXIES must count the reverse proxies"),
        ("wechat", {"stand_in": True}, "WECHAT_STAND_IN is on"),
        ("database", {"url": "sqlite:///var/qiyuan.db"}, "DATABASE_URL must be a mysql+pymysql:// address"),
        ("redis", {"url": "memory://"}, "REDIS_URL must be a redis:// address"),
        ("broker", {"url": "memory://"}, "BROKER_URL must be an amqp:// address"),
        ("security", {"jwt_secret": SAMPLE_SECRET}, "JWT_SECRET is a sample"),
        ("security", {"jwt_secret": "please-change-me-" + STRONG}, "JWT_SECRET is a sample"),
        ("security", {"jwt_secret": STRONG[:31]}, "JWT_SECRET is weak"),
        ("security", {"jwt_secret": "a" * 64}, "JWT_SECRET is weak"),
        ("security", {"jwt_secret": "01230123" * 4}, "JWT_SECRET is weak"),
        ("security", {"jwt_secret": ""}, "JWT_SECRET is weak"),
        ("wechat", {"appid": ""}, "WECHAT_APPID is missing."),
        ("wechat", {"app_secret": ""}, "WECHAT_APP_SECRET is missing."),
        ("wechat", {"api_url": "http://127.0.0.1:8081"}, "WECHAT_API_URL must start with https://"),
        ("wechat_pay", {"url": "http://127.0.0.1:8081"}, "WECHAT_PAY_URL must start with https://"),
        ("wechat_pay", {"mchid": ""}, "WECHAT_PAY_MCHID is missing."),
        ("wechat_pay", {"cert_serial": ""}, "WECHAT_PAY_CERT_SERIAL is missing."),
        ("wechat_pay", {"private_key_file": ""}, "WECHAT_PAY_PRIVATE_KEY_FILE is missing."),
        ("wechat_pay", {"apiv3_key": "k" * 31}, "WECHAT_PAY_APIV3_KEY must be exactly 32 characters."),
        ("wechat_pay", {"apiv3_key": "密" * 32}, "WECHAT_PAY_APIV3_KEY must be exactly 32 characters."),
        ("wechat_pay", {"public_key_file": ""}, "WECHAT_PAY_PUBLIC_KEY_FILE and WECHAT_PAY_PUBLIC_KEY_ID are missing."),
        ("wechat_pay", {"public_key_id": ""}, "WECHAT_PAY_PUBLIC_KEY_FILE and WECHAT_PAY_PUBLIC_KEY_ID are missing."),
        ("wechat_pay", {"private_key_file": "/no/a.pem"}, "WECHAT_PAY_PRIVATE_KEY_FILE names a file that does not"),
        ("wechat_pay", {"public_key_file": "/no/a.pem"}, "WECHAT_PAY_PUBLIC_KEY_FILE names a file that does not exist"),
        ("wechat_pay", {"platform_cert_file": "/no/a.pem"}, "WECHAT_PAY_PLATFORM_CERT_FILE names a file that does not"),
        ("storage", {"kind": "s3", "region": "cn"}, "STORAGE_BUCKET is missing"),
        ("storage", {"kind": "s3", "bucket": "b"}, "STORAGE_ENDPOINT or STORAGE_REGION must say where"),
        ("storage", {"kind": "s3", "bucket": "b", "region": "cn", "key_id": "k"}, "STORAGE_KEY_ID and STORAGE_SECRET"),
        ("media", {"public_url": "http://cdn.example.cn"}, "MEDIA_PUBLIC_URL must start with https://"),
    ],
)
def test_problem_is_named_alone(clean: Settings, section: str, over: dict[str, Any], beginning: str) -> None:
    (found,) = problems(with_changed(clean, section, **over))
    assert found.startswith(beginning)


def test_platform_certificate_may_be_absent(clean: Settings) -> None:
    assert problems(with_changed(clean, "wechat_pay", platform_cert_file="")) == []


def test_no_problem_repeats_a_secret(clean: Settings) -> None:
    weak = with_changed(clean, "security", jwt_secret="hunter2")
    weak = with_changed(weak, "wechat_pay", apiv3_key="hunter2")
    assert "hunter2" not in " ".join(problems(weak))


@pytest.mark.parametrize(
    ("mail", "named"),
    [
        (MailSettings(host="mail.example.cn"), ["MAIL_SENDER"]),
        (MailSettings(host="mail.example.cn", sender="a@b.cn", username="a", security="none"), ["MAIL_SECURITY"]),
        (MailSettings(host="mail.example.cn", sender="a@b.cn", username="a"), []),
    ],
)
def test_mail_is_named_when_it_would_not_work_or_not_be_safe(
    clean: Settings, mail: MailSettings, named: list[str]
) -> None:
    assert [sentence.split()[0] for sentence in problems(replace(clean, mail=mail))] == named


@pytest.mark.parametrize("keys", [{"key_id": "k", "secret": "s"}, {}])
def test_a_bucket_that_is_named_with_both_keys_or_by_a_role_is_fine(clean: Settings, keys: dict[str, str]) -> None:
    assert problems(with_changed(clean, "storage", kind="s3", bucket="b", endpoint="https://oss.cn", **keys)) == []
