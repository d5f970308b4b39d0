"""What a serving process in production must have. The whole list is printed at once, and the exit code is 78."""

from __future__ import annotations

from collections import Counter
from math import log2
from pathlib import Path

from conf.settings import SAMPLE_SECRET, Settings

EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits.h
_MIN_SECRET = 32
_MIN_ENTROPY_BITS = 96
_SAMPLES = ("change", "secret", "example", "sample", "password", "development", "test")


def problems(settings: Settings) -> list[str]:
    """Sentences that say what is wrong and what to do; empty when nothing is."""
    return [
        *_general(settings),
        *_servers(settings),
        *_secrets(settings),
        *_wechat(settings),
        *_mail(settings),
        *_files(settings),
    ]


def _general(settings: Settings) -> list[str]:
    found = []
    if settings.debug:
        found.append("APP_DEBUG is on: set it to false.")
    if not settings.http.public_url.startswith("https://"):
        found.append("PUBLIC_URL must start with https://: WeChat calls back there.")
    if settings.http.trusted_proxies < 1:
        found.append(
            "TRUSTED_PROXIES must count the reverse proxies in front (nginx alone: 1): without it all customers share "
            "one address, and one throttle."
        )
    if settings.wechat.stand_in:
        found.append("WECHAT_STAND_IN is on: anybody could log in as anybody.")
    return found


def _servers(settings: Settings) -> list[str]:
    found = []
    if not settings.database.url.startswith("mysql+pymysql://"):
        found.append("DATABASE_URL must be a mysql+pymysql:// address: SQLite is for development.")
    if not settings.redis.url.startswith(("redis://", "rediss://")):
        found.append("REDIS_URL must be a redis:// address: memory:// is not shared between processes.")
    if not settings.broker.url.startswith(("amqp://", "amqps://", "pyamqp://")):
        found.append("BROKER_URL must be an amqp:// address: memory:// forgets on restart.")
    return found


def _secrets(settings: Settings) -> list[str]:
    secret = settings.security.jwt_secret
    if secret == SAMPLE_SECRET or any(word in secret.lower() for word in _SAMPLES):
        return ["JWT_SECRET is a sample: make one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`."]
    if len(secret) < _MIN_SECRET or _entropy_bits(secret) < _MIN_ENTROPY_BITS:
        return [f"JWT_SECRET is weak: at least {_MIN_SECRET} random characters."]
    return []


def _entropy_bits(text: str) -> float:
    counts = Counter(text)
    return -sum(count * log2(count / len(text)) for count in counts.values())


def _wechat(settings: Settings) -> list[str]:
    found = []
    pay, app = settings.wechat_pay, settings.wechat
    needed = {
        "WECHAT_APPID": app.appid,
        "WECHAT_APP_SECRET": app.app_secret,
        "WECHAT_PAY_MCHID": pay.mchid,
        "WECHAT_PAY_CERT_SERIAL": pay.cert_serial,
        "WECHAT_PAY_PRIVATE_KEY_FILE": pay.private_key_file,
    }
    found += [f"{variable} is missing." for variable, value in needed.items() if not value]
    if len(pay.apiv3_key.encode()) != 32:
        found.append("WECHAT_PAY_APIV3_KEY must be exactly 32 characters.")
    if not (pay.public_key_file and pay.public_key_id):
        found.append("WECHAT_PAY_PUBLIC_KEY_FILE and WECHAT_PAY_PUBLIC_KEY_ID are missing.")
    for variable, path in (
        ("WECHAT_PAY_PRIVATE_KEY_FILE", pay.private_key_file),
        ("WECHAT_PAY_PUBLIC_KEY_FILE", pay.public_key_file),
        ("WECHAT_PAY_PLATFORM_CERT_FILE", pay.platform_cert_file),
    ):
        if path and not Path(path).is_file():
            found.append(f"{variable} names a file that does not exist: {path}")
    for variable, url in (("WECHAT_API_URL", app.api_url), ("WECHAT_PAY_URL", pay.url)):
        if not url.startswith("https://"):
            found.append(f"{variable} must start with https://: the simulator never stands behind production.")
    return found


def _mail(settings: Settings) -> list[str]:
    mail, found = settings.mail, []
    if mail.host and "@" not in mail.sender:
        found.append("MAIL_SENDER must be an address: MAIL_HOST is set.")
    if mail.host and mail.username and mail.security == "none":
        found.append("MAIL_SECURITY must be starttls or tls: the password would travel in clear.")
    return found


def _files(settings: Settings) -> list[str]:
    storage, found = settings.storage, []
    if storage.kind == "s3":
        if not storage.bucket:
            found.append("STORAGE_BUCKET is missing: STORAGE_KIND is s3.")
        if not (storage.endpoint or storage.region):
            found.append("STORAGE_ENDPOINT or STORAGE_REGION must say where the bucket is: STORAGE_KIND is s3.")
        if bool(storage.key_id) != bool(storage.secret):
            found.append("STORAGE_KEY_ID and STORAGE_SECRET belong together: set both, or none where a role is used.")
    if settings.media.public_url and not settings.media.public_url.startswith("https://"):
        found.append("MEDIA_PUBLIC_URL must start with https://: mini-programs load nothing else.")
    return found
