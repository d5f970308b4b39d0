"""Keeps tokens, phones, openids and keys out of the logs, wherever in a message they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Anchored or bounded: an unbounded prefix cost 3 s for an address of 8,000 characters, and anybody may send one.
_SECRET = r"(?:[\w-]{0,40}(?:token|secret|password|passwd|session_key|api_?v3_?key|paysign)|js_code)"
_SECRET_NAME = re.compile(_SECRET, re.IGNORECASE)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Access tokens (JWT) and Authorization headers.
    (re.compile(r"eyJ[\w-]{5,200}\.[\w-]{5,}\.[\w-]{5,}"), "<jwt>"),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{8,}"), r"\1 <token>"),
    # Signed links open a file to whoever has one.
    (re.compile(r"(/downloads/)[\w.~-]{1,2000}"), r"\1<token>"),
    (re.compile(r'signature="[^"]{16,}"'), 'signature="<signature>"'),
    (re.compile(r"-----BEGIN[^-]*PRIVATE KEY-----.*?(?:-----END[^-]*PRIVATE KEY-----|$)", re.S), "<private key>"),
    # "name": "value" and 'name': 'value' of anything secret, up to the closing quote; also inside escaped JSON.
    (
        re.compile(rf"""(?is)((?<![\w-]){_SECRET}\b\\*["']?\s*[=:]\s*)(\\*["'])(?:(?!\2)(?:\\.|.))*"""),
        r"\1\2<secret>",
    ),
    # name=value without quotes.
    (re.compile(rf"""(?i)((?<![\w-]){_SECRET}\b["']?\s*[=:]\s*)[^\s"',;&}})\]<\\][^\s"',;&}})\]]*"""), r"\1<secret>"),
    # user:password@ in addresses of servers.
    (re.compile(r"((?<!\w)\w{1,30}://[^\s:/@]*):[^\s@/]+@"), r"\1:<secret>@"),
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


def masked_field(name: str, value: Any) -> Any:
    """`value` of a log line's field, however nested, without them: by its name and by its content."""
    if isinstance(value, Mapping):
        return {str(key): masked_field(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked_field(name, item) for item in value]
    if not isinstance(value, str):
        return value
    return "<secret>" if _SECRET_NAME.fullmatch(name) else masked(value)
