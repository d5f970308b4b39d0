"""WeChat Pay's side of the wire with keys of its own: signs and seals as documented, without any code of ours."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

APIV3_KEY = "0123456789abcdefghijklmnopqrstuv"
SERIAL = "PUB_KEY_ID_0114232134912410000000000000"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One key per name and process: making one takes a while."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class FakeWechatPay:
    """Signs with `key` under `serial`, at `now` (Unix seconds)."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa_key("wechat"))
    serial: str = SERIAL
    now: float = field(default_factory=time.time)

    def headers(self, body: bytes) -> dict[str, str]:
        """The four headers that prove `body`."""
        timestamp, nonce = str(int(self.now)), secrets.token_hex(16)
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": base64.b64encode(self.key.sign(message, PKCS1v15(), SHA256())).decode(),
            "Wechatpay-Serial": self.serial,
        }

    def envelope(self, content: Any, *, apiv3_key: str = APIV3_KEY, **over: Any) -> dict[str, Any]:
        """A callback around the sealed `content`; `over` replaces members."""
        nonce = secrets.token_hex(6)
        sealed = AESGCM(apiv3_key.encode()).encrypt(nonce.encode(), json.dumps(content).encode(), b"transaction")
        return {
            "id": "EV-2018022511223320873",
            "create_time": "2026-11-20T10:34:56+08:00",
            "event_type": "TRANSACTION.SUCCESS",
            "resource_type": "encrypt-resource",
            "summary": "支付成功",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "original_type": "transaction",
                "associated_data": "transaction",
                "nonce": nonce,
                "ciphertext": base64.b64encode(sealed).decode(),
            },
        } | over
