"""Payment notices as WeChat sends them, signed and sealed before the clock runs: signing costs more than receiving."""

from __future__ import annotations

import base64
import json
import secrets
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from kit.wechat.simulator.keys import Keyring, open_keyring

Notice = tuple[bytes, dict[str, str]]
"""Body and headers. Accepted for five minutes."""


def make_notices(keys: Path, count: int) -> list[Notice]:
    """`count` notices of different payments, all of numbers the shop does not know: storing one costs the same."""
    keyring = open_keyring(keys)
    return [_notice(keyring, f"benchmark-{uuid.uuid4().hex[:16]}") for _ in range(count)]


def _notice(keyring: Keyring, number: str) -> Notice:
    identity = keyring.identity
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    plain = {
        "appid": identity.appid,
        "mchid": identity.mchid,
        "out_trade_no": number,
        "transaction_id": f"42{secrets.randbelow(10**26):026}",
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": moment,
        "payer": {"openid": "oBenchmark000000000000000001"},
        "amount": {"total": 100, "payer_total": 100, "currency": "CNY", "payer_currency": "CNY"},
    }
    nonce = secrets.token_hex(6)
    sealed = AESGCM(identity.apiv3_key.encode()).encrypt(nonce.encode(), json.dumps(plain).encode(), b"transaction")
    body = json.dumps(
        {
            "id": str(uuid.uuid4()),
            "create_time": moment,
            "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
            "resource": {
                "original_type": "transaction",
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": "transaction",
                "nonce": nonce,
            },
        }
    ).encode()
    return body, _signed(keyring, body)


def _signed(keyring: Keyring, body: bytes) -> dict[str, str]:
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    signature = keyring.public_key_mode_key.sign(message, PKCS1v15(), SHA256())
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": keyring.identity.public_key_id,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
    }
