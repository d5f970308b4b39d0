"""Keeps tokens, phones, openids and keys out of the logs, wherever in a message they stand."""

from __future__ import annotations

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Access tokens (JWT) and Authorization headers.
    (re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}"), "<jwt>"),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{8,}"), r"\1 <token>"),
    (re.compile(r'signature="[^"]{16,}"'), 'signature="<signature>"'),
    (re.compile(r"-----BEGIN[^-]*PRIVATE KEY-----.*?(?:-----END[^-]*PRIVATE KEY-----|$)", re.S), "<private key>"),
    # name=value, "name": "value" and 'name': 'value' of anything secret.
    (
        re.compile(
            r"""(?ix)(["']?\b(?:[\w-]*(?:token|secret|password|passwd|session_key|api_?v3_?key|paysign)|js_code)\b["']?
            \s*[=:]\s*["']?)[^\s"',;&})\]<][^\s"',;&})\]]*"""
        ),
        r"\1<secret>",
    ),
    # user:password@ in addresses of servers.
    (re.compile(r"(\w+://[^\s:/@]*):[^\s@/]+@"), r"\1:<secret>@"),
    # Mainland mobile numbers: the last two digits stay, enough to recognise one's own.
    (re.compile(r"(?<![\dA-Za-z_])(?:\+?86[- ]?)?1[3-9]\d{7}(\d{2})(?![\dA-Za-z_])"), r"1********\1"),
    # openids: 28 characters starting with o.
    (re.compile(r"(?<![\w-])o[\w-]{3}[\w-]{20}([\w-]{4})(?![\w-])"), r"o***\1"),
)


def masked(text: str) -> str:
    """`text` without secrets and personal identifiers."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
