"""What a call to WeChat Pay, or a notice from it, can end in."""

from __future__ import annotations


class WechatPayError(Exception):
    """Base of all of them."""


class OutcomeUnknown(WechatPayError):
    """Nobody knows whether WeChat did it: time-out, dropped connection, 5xx, or an answer not provably WeChat's.

    Never believe it failed: query, or repeat with the same number.
    """


class Refused(WechatPayError):
    """A verified "no". `code` is WeChat's, e.g. ORDERPAID, ORDER_NOT_EXIST, ORDER_CLOSED, RESOURCE_NOT_EXISTS."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{status} {code}: {message}")


class SignatureRefused(WechatPayError):
    """Headers and body do not prove that WeChat sent this, now."""


class NoticeRefused(WechatPayError):
    """A callback that is answered with 4xx: forged, stale, unreadable, or a signature test."""
