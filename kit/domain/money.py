"""Money in integer fen. Yuan exists only at the edges (spreadsheets, bills, people) as `Decimal`. CNY only."""

from __future__ import annotations

import re
from decimal import Decimal

# 100 million yuan: far above any price, far below what BIGINT sums could overflow.
MAX_FEN = 10_000_000_000
_FEN_PER_YUAN = 100
# Decimal alone would also read 1e2, 1_000, NaN and full-width digits, and round what has too many decimals.
_WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


class NotAnAmount(ValueError):
    """Text that is not a yuan amount with at most two decimals within 0..100,000,000."""


def fen_from_yuan(text: str) -> int:
    """Read a yuan amount such as ``899.00`` into fen (89900). Raises `NotAnAmount`."""
    written = text.strip()
    if not _WRITTEN.fullmatch(written):
        raise NotAnAmount(text)
    fen = int(Decimal(written) * _FEN_PER_YUAN)
    if fen > MAX_FEN:
        raise NotAnAmount(text)
    return fen


def yuan_text(fen: int) -> str:
    """Show fen to people: 89900 → ``899.00``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // _FEN_PER_YUAN}.{abs(fen) % _FEN_PER_YUAN:02d}"
