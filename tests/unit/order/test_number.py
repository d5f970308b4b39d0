"""Order numbers carry shop time and the buyer."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.order.domain.number import new_order_no, order_no_of, subject_of


def test_a_number_is_shop_time_six_random_digits_and_the_buyer() -> None:
    number = new_order_no(buyer_id=123_450_007, now=datetime(2026, 12, 31, 16, 30, 5, tzinfo=UTC))
    assert len(number) == 22
    assert number.isdigit()
    assert number.startswith("270101003005")  # already next year in Shanghai
    assert number.endswith("0007")


def test_an_out_trade_no_made_of_it_fits_wechats_32_characters() -> None:
    assert len(new_order_no(buyer_id=2**62, now=datetime.now(UTC)) + "-999") <= 32


def test_a_subject_leads_back_to_its_number_and_others_do_not() -> None:
    assert order_no_of(subject_of("2611")) == "2611"
    assert order_no_of("after_sale:2611") is None
