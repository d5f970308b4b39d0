"""商品条码: what a scanner reads."""

from __future__ import annotations

from backend.catalog.domain.error import BarCodeWrong

# EAN-8, UPC-A, EAN-13 and GTIN-14 end in a check digit (GS1 General Specifications 7.9). A shop's own codes have other
# lengths or letters.
_GTIN_LENGTHS = {8, 12, 13, 14}


def check_digit(digits: str) -> int:
    """The digit that belongs behind `digits`: weights 3 and 1 alternate from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def check_bar_code(code: str) -> None:
    """Raises `BarCodeWrong` for a mistyped EAN or UPC: found now, not at the till."""
    if not (code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS):
        return
    expected = check_digit(code[:-1])
    if int(code[-1]) != expected:
        raise BarCodeWrong(bar_code=code, digit=expected)
