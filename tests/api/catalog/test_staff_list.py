"""The staff's list of products: what its query string means, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories.catalog import make_category, make_product, make_tag
from tests.factories.statements import counted_statements
from tests.support.outbox import settle

PRODUCTS = "/admin/v1/products"


def listed(client: FlaskClient, staff: dict[str, str], **query: Any) -> list[str]:
    """Titles of the first page."""
    answer = client.get(PRODUCTS, query_string=query, headers=staff)
    assert answer.status_code == 200, answer.get_json()
    return [item["title"] for item in answer.get_json()["items"]]


def test_a_draft_is_found_by_its_words_codes_and_what_it_belongs_to(client: FlaskClient, staff: dict[str, str]) -> None:
    root = make_category("水果")
    leaf, tag = make_category("苹果", parent_id=root), make_tag("当季")
    draft = {"category_id": leaf, "tag_ids": frozenset({tag}), "brand": "果然鲜", "on_sale": False}
    make_product(title="烟台红富士", code="FUJI-7", **draft)
    make_product(title="阿克苏红富士", category_id=root)
    settle()
    assert listed(client, staff, q="红富士") == ["阿克苏红富士", "烟台红富士"]
    assert listed(client, staff, q="红富士", status="draft") == ["烟台红富士"]
    assert listed(client, staff, q="红富士", status="on_sale") == ["阿克苏红富士"]
    assert listed(client, staff, q="红富士", status="archived") == []
    assert listed(client, staff, q="红富士", tag_id=tag) == ["烟台红富士"]
    assert listed(client, staff, q="FUJI-7") == listed(client, staff, q="fuji-7-1") == ["烟台红富士"]
    assert listed(client, staff, below_category_id=root) == ["阿克苏红富士", "烟台红富士"]
    assert listed(client, staff, below_category_id=root, category_id=root) == ["阿克苏红富士"]
    assert listed(client, staff, below_category_id=leaf, q="阿克苏") == []
    assert listed(client, staff, q="榴莲") == []


def test_without_the_index_what_was_just_made_is_there_at_once(client: FlaskClient, staff: dict[str, str]) -> None:
    category_id = make_category("水果")
    make_product(title="烟台红富士", code="FUJI-7", category_id=category_id, on_sale=False)
    for query in ({}, {"code": "FUJI-7"}, {"category_id": category_id}, {"status": "draft"}):
        assert listed(client, staff, **query) == ["烟台红富士"]


@pytest.mark.parametrize(
    "query",
    [
        *("q=", "q=a%00b", f"q={'x' * 101}", "q=x&cursor=WzFd", "q=x&limit=101", "name=x"),
        *("tag_id=x", f"tag_id={2**63}", "below_category_id=0", "status=gone"),
        *("code=A&q=x", "code=A&tag_id=1", "code=A&below_category_id=1"),
    ],
)
def test_a_query_it_does_not_know_is_refused(client: FlaskClient, staff: dict[str, str], query: str) -> None:
    answer = client.get(f"{PRODUCTS}?{query}", headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) in ((422, "kit.invalid"), (422, "kit.bad_cursor"))


@pytest.mark.parametrize(("language", "start"), [("zh", "编号只指一个商品"), ("en", "A code names one product")])
def test_who_names_a_code_is_told_what_to_leave_out(
    client: FlaskClient, staff: dict[str, str], language: str, start: str
) -> None:
    answer = client.get(f"{PRODUCTS}?code=A&q=x", headers=staff | {"Accept-Language": language})
    [said] = answer.get_json()["errors"]["code"]
    assert said.startswith(start)


def test_a_category_that_is_not_there_holds_nothing(client: FlaskClient, staff: dict[str, str]) -> None:
    make_product()
    settle()
    assert listed(client, staff, below_category_id=42) == listed(client, staff, tag_id=42) == []


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_page_takes_the_same_statements_whatever_it_shows(
    client: FlaskClient, staff: dict[str, str], count: int
) -> None:
    for number in range(count):
        make_product(title=f"红富士 {number}", on_sale=number % 2 == 0)
    settle()
    with counted_statements() as statements:
        assert len(listed(client, staff, q="红富士", limit=50)) == count
    # The guard's, how frequent the word is, which products, and their rows.
    assert len(statements) == 4
