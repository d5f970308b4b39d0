"""Opens callbacks: verify first, then decrypt, then read. Every kind of junk is `NoticeRefused`, never a crash."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.wechat.pay.error import NoticeRefused, SignatureRefused
from kit.wechat.pay.keys import WechatKeys
from kit.wechat.pay.signature import verify

MAX_NOTICE_BYTES = 65_536


@dataclass(frozen=True)
class Notice:
    """A verified callback: WeChat's id of it, its event type and its decrypted resource."""

    id: str
    event_type: str
    resource: dict[str, Any]


def open_notice(headers: Mapping[str, str], body: bytes, *, keys: WechatKeys, apiv3_key: str) -> Notice:
    """Raise `NoticeRefused` unless WeChat sent this now and we can read it."""
    if len(body) > MAX_NOTICE_BYTES:
        raise NoticeRefused("too large")
    try:
        verify(headers, body, keys)
    except SignatureRefused as error:
        raise NoticeRefused(str(error)) from None
    envelope = _object(body)
    resource = envelope.get("resource")
    notice_id, event_type = envelope.get("id"), envelope.get("event_type")
    if not (isinstance(notice_id, str) and 0 < len(notice_id) <= 64 and notice_id.isascii()):
        raise NoticeRefused("id is missing")
    if not (isinstance(event_type, str) and 0 < len(event_type) <= 64 and event_type.isascii()):
        raise NoticeRefused("event_type is missing")
    if not isinstance(resource, dict):
        raise NoticeRefused("resource is missing")
    return Notice(notice_id, event_type, _object(_decrypted(resource, apiv3_key)))


def _object(text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise NoticeRefused("not JSON") from None
    if not isinstance(data, dict):
        raise NoticeRefused("not an object")
    return data


def _decrypted(resource: dict[str, Any], apiv3_key: str) -> bytes:
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise NoticeRefused("unknown algorithm")
    nonce, ciphertext = resource.get("nonce"), resource.get("ciphertext")
    associated = resource.get("associated_data") or ""
    if not (isinstance(nonce, str) and isinstance(ciphertext, str) and isinstance(associated, str)):
        raise NoticeRefused("resource is not encrypted as documented")
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(apiv3_key.encode()).decrypt(nonce.encode(), sealed, associated.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise NoticeRefused("resource cannot be decrypted") from None
