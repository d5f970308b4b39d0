"""Is this from WeChat? The same check for answers and callbacks.

Source: WeChat Pay v3 "签名验证": RSA-SHA256 over ``timestamp\\nnonce\\nbody\\n``, raw body, key chosen by serial.
The SDK's own check accepts a year-old timestamp and goes to the network for an unknown serial, hence this one.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from kit.wechat.pay.error import SignatureRefused
from kit.wechat.pay.keys import WechatKeys

TOLERANCE_SECONDS = 300
SIGNATURE_TEST = "WECHATPAY/SIGNTEST/"


def verify(headers: Mapping[str, str], body: bytes, keys: WechatKeys, clock: Callable[[], float] = time.time) -> None:
    """Raise `SignatureRefused` unless WeChat signed exactly this body within the last five minutes."""
    timestamp, nonce = headers.get("Wechatpay-Timestamp", ""), headers.get("Wechatpay-Nonce", "")
    signature, serial = headers.get("Wechatpay-Signature", ""), headers.get("Wechatpay-Serial", "")
    if signature.startswith(SIGNATURE_TEST):
        raise SignatureRefused("WeChat is testing whether signatures are checked")
    if not (timestamp and nonce and signature and serial):
        raise SignatureRefused("signature headers are missing")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureRefused("the timestamp is not a number")
    if abs(clock() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("the timestamp is more than five minutes off")
    key = keys.by_serial.get(serial)
    if key is None:
        # Never fetched on demand: anybody could make us call out.
        raise SignatureRefused("unknown key serial")
    try:
        message = b"%s\n%s\n%s\n" % (timestamp.encode("ascii"), nonce.encode("ascii"), body)
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise SignatureRefused("the signature does not match") from None
