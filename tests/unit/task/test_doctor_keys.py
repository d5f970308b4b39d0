"""The doctor on WeChat Pay's keys: each way in which files and numbers do not belong together."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from conf.settings import Settings, WechatPaySettings
from task.doctor.finding import Finding, Weight
from task.doctor.keys import examine_keys

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SERIAL = 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1
MERCHANT, WECHAT, STRANGER = (generate_private_key(65537, 2048) for _ in range(3))


def private(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate(key: RSAPrivateKey, *, serial: int = SERIAL, expires: timedelta = timedelta(days=900)) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "1600000000")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(NOW - timedelta(days=900)).not_valid_after(NOW + expires)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


class Folder:
    """A set of files that fit; a test spoils one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("apiclient_key.pem", private(MERCHANT))
        self.write("apiclient_cert.pem", certificate(MERCHANT))
        self.write("pub_key.pem", public(WECHAT))
        self.write("platform.pem", certificate(WECHAT))

    def write(self, name: str, content: bytes) -> None:
        (self.path / name).write_bytes(content)

    def settings(self, **over: Any) -> Settings:
        pay = WechatPaySettings(
            mchid="1600000000",
            apiv3_key="0123456789abcdef0123456789abcdef",
            private_key_file=str(self.path / "apiclient_key.pem"),
            cert_serial=f"{SERIAL:X}",
            public_key_file=str(self.path / "pub_key.pem"),
            public_key_id="PUB_KEY_ID_0116000000002026112000000000000000",
            platform_cert_file=str(self.path / "platform.pem"),
        )
        return Settings(wechat_pay=replace(pay, **over))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def complaints(settings: Settings) -> list[str]:
    findings: list[Finding] = examine_keys(settings, now=NOW)
    assert {finding.weight for finding in findings} == {Weight.BAD}
    return [finding.sentence for finding in findings]


def test_keys_that_belong_together_are_fine(folder: Folder) -> None:
    (finding,) = examine_keys(folder.settings(), now=NOW)
    assert (finding.weight, finding.sentence) == (Weight.FINE, "load, and belong together")


def test_the_certificates_are_not_needed(folder: Folder) -> None:
    (folder.path / "apiclient_cert.pem").unlink()
    (finding,) = examine_keys(folder.settings(platform_cert_file=""), now=NOW)
    assert finding.weight is Weight.FINE


def test_without_any_of_it_there_is_only_a_note() -> None:
    (finding,) = examine_keys(Settings(), now=NOW)
    assert finding.weight is Weight.NOTE


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"private_key_file": ""}, "WECHAT_PAY_PRIVATE_KEY_FILE is missing"),
        ({"public_key_file": "/nowhere.pem"}, "WECHAT_PAY_PUBLIC_KEY_FILE names a file that does not exist"),
        ({"platform_cert_file": "/nowhere.pem"}, "WECHAT_PAY_PLATFORM_CERT_FILE names a file that does not exist"),
        ({"mchid": ""}, "WECHAT_PAY_MCHID is missing"),
        ({"apiv3_key": "short"}, "WECHAT_PAY_APIV3_KEY must be exactly 32 characters"),
        ({"cert_serial": "1234"}, "WECHAT_PAY_CERT_SERIAL is not 40 hexadecimal digits"),
        ({"cert_serial": "6" * 40}, f"WECHAT_PAY_CERT_SERIAL is not the serial number of .*: it is {SERIAL:X} there"),
        ({"public_key_id": "0116"}, "does not begin with PUB_KEY_ID_"),
    ],
)
def test_setting_that_does_not_fit_is_named(folder: Folder, over: dict[str, Any], words: str) -> None:
    assert any(re.search(words, sentence) for sentence in complaints(folder.settings(**over)))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("apiclient_key.pem", b"no key", "WECHAT_PAY_PRIVATE_KEY_FILE cannot be used"),
        ("pub_key.pem", b"no key", "WECHAT_PAY_PUBLIC_KEY_FILE or WECHAT_PAY_PLATFORM_CERT_FILE cannot be used"),
        ("pub_key.pem", public(MERCHANT), "holds the merchant's own key"),
        ("apiclient_key.pem", private(STRANGER), "does not certify WECHAT_PAY_PRIVATE_KEY_FILE"),
        ("apiclient_cert.pem", b"no certificate", "is no certificate"),
        ("apiclient_cert.pem", certificate(MERCHANT, expires=timedelta(days=-1)), "has expired on 2026-11-19"),
        ("platform.pem", certificate(WECHAT, expires=timedelta(days=10)), "expires on 2026-11-30"),
    ],
)
def test_file_that_does_not_fit_is_named(folder: Folder, name: str, content: bytes, words: str) -> None:
    folder.write(name, content)
    assert any(words in sentence for sentence in complaints(folder.settings()))
