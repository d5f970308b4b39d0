"""Both directions of WeChat Pay's signatures: the merchant's `Authorization`, and ours on answers and callbacks."""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from threading import Lock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from kit.wechat.simulator.clock import Clock
from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.keys import Keyring

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SIGNTEST = "WECHATPAY/SIGNTEST/"
TOLERANCE_SECONDS = 300
MODES = ("public_key", "certificate")


def verifies(key: RSAPublicKey, signature: str, message: bytes) -> bool:
    """`signature` is base64 of RSA PKCS#1 v1.5 with SHA-256."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


class MerchantCheck:
    """Accepts a request only if our one merchant signed exactly these bytes, just now, for the first time."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._lock = Lock()

    def check(self, authorization: str | None, *, method: str, target: str, body: bytes) -> None:
        """`target` is the request line's path and query, undecoded. Raises PayError(SIGN_ERROR)."""
        claims = self._claims(authorization)
        timestamp, nonce = claims["timestamp"], claims["nonce_str"]
        if claims["mchid"] != self._keyring.identity.mchid:
            raise PayError("SIGN_ERROR", "商户号有误")
        if claims["serial_no"].upper() != self._keyring.merchant_serial:
            raise PayError("SIGN_ERROR", "商户证书序列号有误")
        now = int(self._clock().timestamp())
        if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
            raise PayError("SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
        message = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
        if not verifies(self._keyring.merchant_public_key, claims["signature"], message):
            raise PayError("SIGN_ERROR", "错误的签名")
        self._use_up(nonce, now)

    def _claims(self, authorization: str | None) -> dict[str, str]:
        scheme, _, parameters = (authorization or "").partition(" ")
        claims = dict(re.findall(r'(\w+)="([^"]*)"', parameters))
        expected = {"mchid", "nonce_str", "timestamp", "serial_no", "signature"}
        if scheme != SCHEME or claims.keys() != expected or not all(claims.values()):
            raise PayError("SIGN_ERROR", "Http头Authorization值格式错误")
        return claims

    def _use_up(self, nonce: str, now: int) -> None:
        with self._lock:
            if nonce in self._seen:
                raise PayError("SIGN_ERROR", "nonce_str已使用过")
            if len(self._seen) > 10_000:
                self._seen = {known: at for known, at in self._seen.items() if now - at <= 2 * TOLERANCE_SECONDS}
            self._seen[nonce] = now


@dataclass
class Signer:
    """Signs as WeChat Pay does; which of the two keys can be switched while running, as in a real migration."""

    keyring: Keyring
    clock: Clock
    mode: dict[str, str] = field(default_factory=lambda: {"answers": "public_key", "callbacks": "public_key"})

    def reset(self) -> None:
        self.mode.update(answers="public_key", callbacks="public_key")

    def headers(self, body: bytes, *, use: str, fault: str = "") -> dict[str, str]:
        """`use` is "answers" or "callbacks"; `fault` spoils the signature on purpose, see weather.py."""
        certificate = self.mode[use] == "certificate"
        key = self.keyring.certificate_mode_key if certificate else self.keyring.public_key_mode_key
        serial = self.keyring.platform_serial if certificate else self.keyring.identity.public_key_id
        age = 2 * TOLERANCE_SECONDS if fault == "stale_timestamp" else 0
        timestamp = str(int(self.clock().timestamp()) - age)
        nonce = secrets.token_hex(16)
        signed = b"something else" if fault == "wrong_signature" else body
        message = f"{timestamp}\n{nonce}\n".encode() + signed + b"\n"
        signature = base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": SIGNTEST + signature if fault == "signtest" else signature,
            "Wechatpay-Serial": serial[:-6] + "000000" if fault == "unknown_serial" else serial,
            "Wechatpay-Signature-Type": SCHEME,
            "Request-ID": secrets.token_hex(16).upper(),
        }
