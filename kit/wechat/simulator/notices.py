"""What a callback says: the event, and the encrypted resource (AEAD_AES_256_GCM under the APIv3 key)."""

import base64
import json
import secrets
import string
import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.wechat.simulator.clock import Clock, rfc3339

SUMMARY = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
    "MCHTRANSFER.BILL.FINISHED": "商家转账单据终态通知",
}
ORIGINAL_TYPE = {"TRANSACTION": "transaction", "REFUND": "refund", "MCHTRANSFER": "mch_payment"}


@dataclass
class Attempt:
    """One delivery: `outcome` is received, refused, unreachable or forgery_accepted; `http_status` 0 if unanswered."""

    at: str
    outcome: str
    http_status: int = 0
    fault: str = ""


@dataclass
class Notice:
    """`status`: pending, held, lost, retrying, received or given_up. `subject` is our number of the thing."""

    id: str
    event_type: str
    subject: str
    url: str
    body: bytes
    status: str = "pending"
    attempts: list[Attempt] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "event_type": self.event_type,
            "subject": self.subject,
            "url": self.url,
            "status": self.status,
            "attempts": [vars(attempt) for attempt in self.attempts],
        }


def compose(event_type: str, subject: str, url: str, resource: dict[str, Any], *, key: str, clock: Clock) -> Notice:
    """`event_type` is one of SUMMARY's; `key` the APIv3 key."""
    identifier = str(uuid.uuid4())
    original_type = ORIGINAL_TYPE[event_type.partition(".")[0]]
    body = {
        "id": identifier,
        "create_time": rfc3339(clock()),
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": SUMMARY[event_type],
        "resource": {"original_type": original_type, **encrypt(resource, original_type, key)},
    }
    return Notice(identifier, event_type, subject, url, json.dumps(body, ensure_ascii=False).encode())


def encrypt(plain: dict[str, Any] | str, associated_data: str, key: str) -> dict[str, str]:
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    nonce = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(12))
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), text.encode(), associated_data.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }
