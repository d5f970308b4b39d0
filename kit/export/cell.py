"""What may stand in a cell. A spreadsheet runs text that looks like a formula (CSV injection, OWASP)."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

Value = str | int | Decimal | datetime | None
"""Text, whole or exact numbers, aware moments, nothing. Long digits (order numbers) are text: a spreadsheet rounds."""

LONGEST = 32_000
"""Characters; a cell of XLSX holds 32,767."""

# Excel takes the full-width signs of Chinese and Japanese keyboards for the same.
_FORMULA = tuple("=+-@＝＋－＠")
_BREAKS = ("\t", "\r", "\n")
# Control characters but tab and line breaks, invisible marks at which a formula could hide, lone surrogates.
_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def reversible_text(text: str) -> str:
    """`text` as a cell that `original_text` reads back, whatever stood in it; as safe as `safe_text`.

    One apostrophe more before what could begin a formula, also where one stands already.
    """
    return "'" + text if _is_risky(text.lstrip("'")) else text


def original_text(cell: str) -> str:
    """What `reversible_text` was given. An apostrophe before anything else is somebody's text and stays."""
    return cell[1:] if cell.startswith("'") and _is_risky(cell.lstrip("'")) else cell


def _is_risky(text: str) -> bool:
    return text.startswith(_BREAKS) or _DROPPED.sub("", text).lstrip().startswith(_FORMULA)


def safe_text(text: str) -> str:
    """`text` without control characters, cut to `LONGEST`, with an apostrophe before whatever could begin a formula."""
    cleaned = _DROPPED.sub("", text)
    if _is_risky(cleaned):
        cleaned = "'" + cleaned
    return cleaned if len(cleaned) <= LONGEST else cleaned[: LONGEST - 1] + "…"
