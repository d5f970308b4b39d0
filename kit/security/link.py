"""Signed, expiring links: whoever has one may fetch what it names, until then, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from kit.domain.error import Gone, NotFound


class LinkInvalid(NotFound):
    """Nobody here signed this for this purpose."""

    code = "kit.link_invalid"
    zh = "下载链接无效"
    en = "This link is not valid"


class LinkExpired(Gone):
    """It was good once."""

    code = "kit.link_expired"
    zh = "下载链接已过期，请重新获取"
    en = "This link has expired; ask for a new one"


class LinkSigner:
    """HMAC-SHA256 under a key derived from `secret` for one `purpose`: no token of another kind passes."""

    def __init__(self, *, secret: str, purpose: str) -> None:
        self._serializer = URLSafeSerializer(
            secret,
            salt=f"qiyuan.link.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def issue(self, subject: str, *, expires_at: datetime) -> str:
        """A URL-safe token naming `subject`, good until `expires_at` (whole seconds)."""
        token = self._serializer.dumps([subject, int(expires_at.timestamp())])
        return token.decode() if isinstance(token, bytes) else token

    def read(self, token: str, *, now: datetime) -> str:
        """The subject. Raises `LinkInvalid` or `LinkExpired`."""
        try:
            subject, expires = self._serializer.loads(token)
        except (BadData, TypeError, ValueError):
            raise LinkInvalid from None
        if now.timestamp() >= expires:
            raise LinkExpired
        return str(subject)
