"""WeChat Pay's keys: do they load, are they whose they should be, do numbers and files belong together?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from conf.settings import Settings, WechatPaySettings
from kit.wechat.pay.keys import load_merchant, load_wechat_keys
from task.doctor.finding import Finding, bad, note, or_fine
from task.readiness import key_problems

_SUBJECT = "wechat keys"
# WeChat hands both files out together; the certificate is not needed to pay, but it knows the serial number.
_CERTIFICATE = "apiclient_cert.pem"
_SERIAL = re.compile(r"[0-9A-F]{40}")
_SOON = timedelta(days=30)


def examine_keys(settings: Settings, *, now: datetime) -> list[Finding]:
    """Everything about the keys that can be known without asking WeChat."""
    pay = settings.wechat_pay
    if not any((pay.mchid, pay.private_key_file, pay.public_key_file, pay.apiv3_key)):
        return [note(_SUBJECT, "WeChat Pay is not configured: set the WECHAT_PAY_ variables to take money")]
    broken = [*_missing(pay), *key_problems(settings)]
    if broken:
        return [bad(_SUBJECT, problem) for problem in broken]
    return or_fine(_SUBJECT, _mismatches(pay, now), "load, and belong together")


def _missing(pay: WechatPaySettings) -> Iterator[str]:
    files = {"WECHAT_PAY_PRIVATE_KEY_FILE": pay.private_key_file, "WECHAT_PAY_PUBLIC_KEY_FILE": pay.public_key_file}
    for variable, path in files.items():
        if not path:
            yield f"{variable} is missing: name the PEM file."
        elif not Path(path).is_file():
            yield f"{variable} names a file that does not exist: {path}; mount it, or correct the path."
    if pay.platform_cert_file and not Path(pay.platform_cert_file).is_file():
        yield f"WECHAT_PAY_PLATFORM_CERT_FILE names a file that does not exist: {pay.platform_cert_file}."
    if not pay.mchid:
        yield "WECHAT_PAY_MCHID is missing: it stands in the merchant platform under account centre."
    if len(pay.apiv3_key.encode()) != 32:
        yield "WECHAT_PAY_APIV3_KEY must be exactly 32 characters: copy it again, or set a new one at WeChat."


def _mismatches(pay: WechatPaySettings, now: datetime) -> Iterator[str]:
    merchant = load_merchant(
        appid="", mchid=pay.mchid, cert_serial="", private_key_file=pay.private_key_file, apiv3_key=""
    )
    own = merchant.private_key.public_key()
    wechat = load_wechat_keys(
        public_key_file=pay.public_key_file, public_key_id=pay.public_key_id, platform_cert_file=pay.platform_cert_file
    )
    if not _SERIAL.fullmatch(pay.cert_serial):
        yield "WECHAT_PAY_CERT_SERIAL is not 40 hexadecimal digits in capitals: copy it from the merchant platform."
    if not pay.public_key_id.startswith("PUB_KEY_ID_"):
        yield "WECHAT_PAY_PUBLIC_KEY_ID does not begin with PUB_KEY_ID_: copy it from the merchant platform."
    if any(key.public_numbers() == own.public_numbers() for key in wechat.by_serial.values()):
        yield "WECHAT_PAY_PUBLIC_KEY_FILE holds the merchant's own key: download WeChat Pay's public key instead."
    yield from _merchant_certificate(pay, own, now)
    if pay.platform_cert_file:
        yield from _validity("WECHAT_PAY_PLATFORM_CERT_FILE", _certificate(Path(pay.platform_cert_file)), now)


def _merchant_certificate(pay: WechatPaySettings, own: RSAPublicKey, now: datetime) -> Iterator[str]:
    path = Path(pay.private_key_file).with_name(_CERTIFICATE)
    if not path.is_file():
        return
    try:
        certificate = _certificate(path)
    except ValueError:
        yield f"{path} is no certificate: download the pair again."
        return
    certified = certificate.public_key()
    if not isinstance(certified, RSAPublicKey) or certified.public_numbers() != own.public_numbers():
        yield f"{path} does not certify WECHAT_PAY_PRIVATE_KEY_FILE: the two are of different downloads."
    if f"{certificate.serial_number:X}" != pay.cert_serial:
        yield f"WECHAT_PAY_CERT_SERIAL is not the serial number of {path}: it is {certificate.serial_number:X} there."
    yield from _validity(str(path), certificate, now)


def _validity(name: str, certificate: Certificate, now: datetime) -> Iterator[str]:
    if now > certificate.not_valid_after_utc:
        yield f"{name} has expired on {certificate.not_valid_after_utc:%Y-%m-%d}: get a new one from WeChat."
    elif now > certificate.not_valid_after_utc - _SOON:
        yield f"{name} expires on {certificate.not_valid_after_utc:%Y-%m-%d}: get a new one from WeChat."


def _certificate(path: Path) -> Certificate:
    return load_pem_x509_certificate(path.read_bytes())
