"""The keys of both sides. Read once from PEM files; no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate


@dataclass(frozen=True)
class Merchant:
    """Who we are to WeChat Pay, and what we sign with."""

    appid: str
    mchid: str
    cert_serial: str
    private_key: RSAPrivateKey
    apiv3_key: str


@dataclass(frozen=True)
class WechatKeys:
    """WeChat's public keys by serial: PUB_KEY_ID_… and, during a switch, platform certificates (upper-case hex)."""

    by_serial: Mapping[str, RSAPublicKey]
    preferred: str  # sent as Wechatpay-Serial, so that WeChat signs its answers with this one


def load_merchant(*, appid: str, mchid: str, cert_serial: str, private_key_file: str, apiv3_key: str) -> Merchant:
    """Read the merchant's private key. Raises ValueError or OSError naming the file."""
    key = load_pem_private_key(Path(private_key_file).read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{private_key_file} is not an RSA private key")
    return Merchant(appid, mchid, cert_serial, key, apiv3_key)


def load_wechat_keys(*, public_key_file: str, public_key_id: str, platform_cert_file: str) -> WechatKeys:
    """Read WeChat's keys; the platform certificate may be absent. Raises ValueError or OSError naming the file."""
    key = load_pem_public_key(Path(public_key_file).read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{public_key_file} is not an RSA public key")
    keys = {public_key_id: key}
    if platform_cert_file:
        certificate = load_pem_x509_certificate(Path(platform_cert_file).read_bytes())
        certified = certificate.public_key()
        if not isinstance(certified, RSAPublicKey):
            raise ValueError(f"{platform_cert_file} does not certify an RSA key")
        keys[f"{certificate.serial_number:X}"] = certified
    return WechatKeys(keys, public_key_id)
