"""Keyset pages: every row once, in order, whatever is inserted meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

import pytest
from sqlalchemy import insert, select

from backend.inventory.domain.stock import DEFAULT_LOCATION, Stock
from kit.db.extension import db
from kit.domain.words import Words
from kit.repository.page import BadCursor, Keyset, MomentKeyset, Page, PageRequest, fetch_page
from tests.integration.kit.rows import AT

pytestmark = pytest.mark.usefixtures("app")

COLUMNS = (Stock.on_hand.expression, Stock.sku_id.expression)
NEWEST = Keyset(COLUMNS, ("on_hand", "sku_id"))
OLDEST = Keyset(COLUMNS, ("on_hand", "sku_id"), descending=False)


def fill(levels: Iterable[tuple[int, int]]) -> None:
    """(sku_id, on_hand) rows."""
    rows = [
        {"sku_id": sku_id, "location_id": DEFAULT_LOCATION, "on_hand": units, "reserved": 0, "updated_at": AT}
        for sku_id, units in levels
    ]
    db.session.execute(insert(Stock), rows)


def page(cursor: str | None = None, *, limit: int = 3, keyset: Keyset = NEWEST) -> Page[int]:
    """One page of sku ids."""
    rows = fetch_page(db.session, select(Stock.sku_id, Stock.on_hand), keyset, PageRequest(limit, cursor))
    return rows.map(lambda row: row.sku_id)


def all_pages(**options: object) -> list[list[int]]:
    """Page after page until the last."""
    pages = [page(**options)]  # type: ignore[arg-type]  # options of several types
    while pages[-1].next_cursor is not None:
        pages.append(page(pages[-1].next_cursor, **options))  # type: ignore[arg-type]  # options of several types
    return [list(one.items) for one in pages]


def cursor_of(*values: object) -> str:
    """A cursor made by hand."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_empty_list_is_one_empty_page() -> None:
    assert page() == Page([], None)


def test_pages_show_every_row_once_in_order() -> None:
    fill((sku_id, sku_id) for sku_id in range(1, 8))
    assert all_pages() == [[7, 6, 5], [4, 3, 2], [1]]


def test_ties_are_split_between_pages_without_loss_or_repetition() -> None:
    fill((sku_id, 5) for sku_id in range(1, 8))
    assert all_pages() == [[7, 6, 5], [4, 3, 2], [1]]


def test_ascending_pages_too() -> None:
    fill([(1, 9), (2, 5), (3, 5), (4, 5), (5, 1)])
    assert all_pages(limit=2, keyset=OLDEST) == [[5, 2], [3, 4], [1]]


def test_full_last_page_ends_the_list() -> None:
    fill((sku_id, sku_id) for sku_id in range(1, 7))
    assert all_pages() == [[6, 5, 4], [3, 2, 1]]
    assert page(limit=6).next_cursor is None


def test_rows_inserted_meanwhile_neither_repeat_nor_hide_others() -> None:
    fill((sku_id, sku_id * 10) for sku_id in range(1, 7))
    first = page()
    fill([(100, 100), (101, 25)])
    assert list(first.items) == [6, 5, 4]
    assert list(page(first.next_cursor).items) == [3, 101, 2]


def test_rows_deleted_meanwhile_hide_no_others() -> None:
    fill((sku_id, sku_id) for sku_id in range(1, 7))
    first = page()
    db.session.execute(Stock.__table__.delete().where(Stock.sku_id.in_([4, 5])))
    assert list(page(first.next_cursor).items) == [3, 2, 1]


def test_cursor_is_a_short_word_for_addresses() -> None:
    fill((2**62 + number, 10**9) for number in range(4))
    cursor = page().next_cursor
    assert cursor is not None
    assert cursor.isascii()
    assert len(cursor) < 60
    assert "=" not in cursor
    assert list(page(cursor).items) == [2**62]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "???",
        "不是",
        "bm90IGpzb24",
        cursor_of(1),
        cursor_of(1, 2, 3),
        cursor_of("1", 2),
        cursor_of(1.5, 2),
        cursor_of(True, 2),
        cursor_of(None, 2),
        cursor_of(2**63, 2),
        cursor_of([1], 2),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 150).decode(),
    ],
    ids=range(16),
)
def test_cursor_this_list_never_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        page(cursor)


@pytest.mark.parametrize("milliseconds", [2**62, -(2**62), 10**15])
def test_cursor_at_a_time_that_no_calendar_has_is_refused_in_both_languages(milliseconds: int) -> None:
    moments = MomentKeyset((Stock.idle_since.expression, Stock.sku_id.expression), ("idle_since", "sku_id"))
    with pytest.raises(BadCursor) as refused:
        page(cursor_of(milliseconds, 2), keyset=moments)
    assert refused.value.errors == {"cursor": [refused.value.in_words()]}
    assert isinstance(refused.value.errors["cursor"][0], Words)
