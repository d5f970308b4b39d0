"""What a message says fits WeChat's fields, whatever a title holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.notification.domain.delivery import Kind
from backend.notification.domain.wording import WORDINGS, OrderFacts, goods, paid, shipped, shop_time
from kit.domain.money import MAX_FEN

ORDER = OrderFacts(
    order_no="2611200830004821567890",
    payable_fen=16900,
    item_count=3,
    first_title="东北大米",
    paid_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    express_company="顺丰速运",
    tracking_no="SF1234567890123",
    shipped_at=datetime(2026, 11, 20, 16, 5, tzinfo=UTC),
)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e8\U0001f1f3"
TIME = r"\d{4}年\d{1,2}月\d{1,2}日 ([01]\d|2[0-3]):[0-5]\d"


def units(text: str) -> int:
    """UTF-16 units: the strictest way to count characters."""
    return len(text.encode("utf-16-le")) // 2


def titled(title: str, count: int = 1) -> str:
    return goods(replace(ORDER, first_title=title, item_count=count))


def test_what_a_paid_order_says() -> None:
    assert paid(ORDER) == {
        "order_no": "2611200830004821567890",
        "amount": "169.00元",
        "goods": "东北大米等 3 件",
        "paid_at": "2026年11月20日 16:30",
    }


def test_what_a_shipped_order_says() -> None:
    assert shipped(ORDER) == {
        "order_no": "2611200830004821567890",
        "goods": "东北大米等 3 件",
        "express_company": "顺丰速运",
        "tracking_no": "SF1234567890123",
        "shipped_at": "2026年11月21日 00:05",
    }


def test_every_kind_of_news_has_words() -> None:
    assert set(WORDINGS) == set(Kind)


@pytest.mark.parametrize(
    ("title", "count", "said"),
    [
        ("东北大米", 1, "东北大米"),
        ("一二三四五六七八九十一二三四五六七八九十", 1, "一二三四五六七八九十一二三四五六七八九十"),
        ("一二三四五六七八九十一二三四五六七八九十甲", 1, "一二三四五六七八九十一二三四五六七八九…"),
        ("米" * 200, 12, "米" * 13 + "…等 12 件"),
        ("  五常\n大米\t新米  ", 1, "五常 大米 新米"),
        ("", 1, "商品"),
        (" \n\x00\u200b\u200d ", 2, "商品等 2 件"),
        ("🍎" * 30, 1, "🍎" * 9 + "…"),
        ("🍎" * 10, 1, "🍎" * 10),
        ("x" * 12 + FAMILY, 1, "x" * 12 + FAMILY),
        ("x" * 13 + FAMILY, 1, "x" * 13 + "…"),
        ("x" * 16 + FLAG + "国", 1, "x" * 16 + "…"),
        ("x" * 17 + "👍\U0001f3fd", 1, "x" * 17 + "…"),
        ("x" * 18 + "e\u0301yz", 1, "x" * 18 + "…"),
        ("半\ud83d个", 1, "半 个"),
    ],
)
def test_titles_are_cut_between_characters_as_people_see_them(title: str, count: int, said: str) -> None:
    assert titled(title, count) == said
    assert 1 <= units(said) <= 20


@given(st.text(max_size=300), st.integers(1, 999 * 100))
def test_no_title_breaks_the_limit_of_a_thing(title: str, count: int) -> None:
    said = titled(title, count)
    assert 1 <= units(said) <= 20
    assert not re.search(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]", said)
    assert count == 1 or said.endswith(f"等 {count} 件")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_parcel_breaks_the_limits(company: str, number: str) -> None:
    said = shipped(replace(ORDER, express_company=company, tracking_no=number))
    assert 1 <= units(said["express_company"]) <= 20
    assert re.fullmatch(r"[!-~]{1,32}", said["tracking_no"])


@given(st.integers(0, MAX_FEN))
def test_every_amount_is_one_to_wechat(payable_fen: int) -> None:
    assert re.fullmatch(r"\d{1,10}\.\d\d元", paid(replace(ORDER, payable_fen=payable_fen))["amount"])


@given(st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_every_moment_is_a_time_to_wechat(moment: datetime) -> None:
    assert re.fullmatch(TIME, shop_time(moment))


def test_times_are_those_of_the_shop_whatever_zone_they_come_in() -> None:
    here = datetime(2026, 11, 20, 3, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert shop_time(here) == "2026年11月20日 16:30"


@pytest.mark.parametrize(
    ("number", "said"), [("S" * 32, "S" * 32), ("S" * 33, "S" * 29 + "..."), ("", "-"), ("顺丰 12", "12")]
)
def test_a_number_that_is_cut_looks_cut(number: str, said: str) -> None:
    assert shipped(replace(ORDER, tracking_no=number))["tracking_no"] == said


def test_nothing_is_said_about_what_has_not_happened() -> None:
    with pytest.raises(ValueError, match="not come that far"):
        paid(replace(ORDER, paid_at=None))
    with pytest.raises(ValueError, match="not come that far"):
        shipped(replace(ORDER, shipped_at=None))
