"""Keys, certificates and identifiers of the simulated merchant and of the simulated WeChat Pay, kept in one folder."""

import json
import os
import secrets
import string
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

MERCHANT_KEY = "apiclient_key.pem"
MERCHANT_CERTIFICATE = "apiclient_cert.pem"
PUBLIC_KEY = "wechatpay_public_key.pem"
PLATFORM_CERTIFICATE = "wechatpay_platform_cert.pem"
OWN_PUBLIC_KEY_MODE_KEY = "simulator_public_key_mode_key.pem"
OWN_CERTIFICATE_MODE_KEY = "simulator_certificate_mode_key.pem"
IDENTITY = "simulator_identity.json"


@dataclass(frozen=True)
class Identity:
    """Who the merchant is: one appid, one mchid, a 32-character APIv3 key, and the id of WeChat Pay's public key."""

    appid: str
    app_secret: str
    mchid: str
    apiv3_key: str
    public_key_id: str


@dataclass(frozen=True)
class Keyring:
    folder: Path
    identity: Identity
    merchant_serial: str
    merchant_public_key: RSAPublicKey
    public_key_mode_key: RSAPrivateKey
    certificate_mode_key: RSAPrivateKey
    platform_certificate: x509.Certificate
    platform_serial: str


def write_private(path: Path, content: bytes) -> None:
    """All or nothing, readable by the owner only."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def open_keyring(folder: Path) -> Keyring:
    """Reuse the folder's keys, or make them first."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / IDENTITY).exists():
        _generate(folder)
    merchant = x509.load_pem_x509_certificate((folder / MERCHANT_CERTIFICATE).read_bytes())
    platform = x509.load_pem_x509_certificate((folder / PLATFORM_CERTIFICATE).read_bytes())
    merchant_public_key = merchant.public_key()
    if not isinstance(merchant_public_key, RSAPublicKey):
        raise TypeError(f"{MERCHANT_CERTIFICATE} holds no RSA key")
    return Keyring(
        folder=folder,
        identity=Identity(**json.loads((folder / IDENTITY).read_text())),
        merchant_serial=f"{merchant.serial_number:X}",
        merchant_public_key=merchant_public_key,
        public_key_mode_key=_load(folder / OWN_PUBLIC_KEY_MODE_KEY),
        certificate_mode_key=_load(folder / OWN_CERTIFICATE_MODE_KEY),
        platform_certificate=platform,
        platform_serial=f"{platform.serial_number:X}",
    )


def _generate(folder: Path) -> None:
    identity = Identity(
        appid="wx" + secrets.token_hex(8),
        app_secret=secrets.token_hex(16),
        mchid="16" + _digits(8),
        apiv3_key="".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32)),
        public_key_id=f"PUB_KEY_ID_01{_digits(10)}{datetime.now(UTC):%Y%m%d}{_digits(14)}",
    )
    merchant, public_key_mode, certificate_mode = (generate_private_key(65537, 2048) for _ in range(3))
    write_private(folder / MERCHANT_KEY, _pem(merchant))
    write_private(folder / MERCHANT_CERTIFICATE, _certificate(merchant, identity.mchid))
    write_private(folder / OWN_PUBLIC_KEY_MODE_KEY, _pem(public_key_mode))
    write_private(folder / OWN_CERTIFICATE_MODE_KEY, _pem(certificate_mode))
    write_private(folder / PLATFORM_CERTIFICATE, _certificate(certificate_mode, "Tenpay.com sign (simulator)"))
    public_key = public_key_mode.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_private(folder / PUBLIC_KEY, public_key)
    # Last: its presence says that the set is complete.
    write_private(folder / IDENTITY, json.dumps(asdict(identity), indent=2).encode())


def _certificate(key: RSAPrivateKey, common_name: str) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    # A first byte of 0x5… gives the 40 hexadecimal digits that WeChat's serials always have.
    serial = int.from_bytes(bytes([0x50 | secrets.randbelow(16)]) + secrets.token_bytes(19))
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(now - timedelta(days=1))
    certificate = builder.not_valid_after(now + timedelta(days=5 * 365)).sign(key, SHA256())
    return certificate.public_bytes(Encoding.PEM)


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(f"{path.name} holds no RSA key")
    return key


def _digits(count: int) -> str:
    return "".join(secrets.choice(string.digits) for _ in range(count))
