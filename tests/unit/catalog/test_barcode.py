"""Bar codes: mistyped ones are found, a shop's own pass."""

from __future__ import annotations

import pytest

from backend.catalog.domain.barcode import check_bar_code
from backend.catalog.domain.error import BarCodeWrong
from backend.catalog.domain.facts import SkuFacts
from backend.catalog.domain.spec import NamedValue, Spec


@pytest.mark.parametrize(
    "code", ["6901234567892", "96385074", "036000291452", "10012345678902", "A-17", "12345", "1" * 9]
)
def test_right_ones_and_own_ones_pass(code: str) -> None:
    check_bar_code(code)


@pytest.mark.parametrize(
    ("code", "digit"), [("6901234567890", 2), ("96385075", 4), ("036000291453", 2), ("12345678", 0)]
)
def test_a_wrong_check_digit_is_named(code: str, digit: int) -> None:
    with pytest.raises(BarCodeWrong) as wrong:
        check_bar_code(code)
    assert wrong.value.params == {"bar_code": code, "digit": digit}


def test_no_facts_of_a_sku_hold_a_wrong_one() -> None:
    with pytest.raises(BarCodeWrong):
        SkuFacts(spec=Spec((NamedValue("规格", "大"),)), price_fen=1, bar_code="6901234567890")
