"""Favourites and recently viewed products, each customer's own."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema

from backend.catalog.domain import keepsake
from backend.catalog.repository import keepsake as viewing
from backend.catalog.schema.keepsake import FavouriteSchema, ViewedProductSchema
from backend.catalog.service.shopping import keepsakes
from tests.factories.catalog import ProductFixture, make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers

FAVOURITES = "/api/v1/favourites"
VIEWED = "/api/v1/viewed-products"
LISTS = [FAVOURITES, VIEWED]


@pytest.fixture
def me(app: Flask) -> dict[str, str]:
    return member_headers(app, make_customer())


@pytest.fixture
def other(app: Flask) -> dict[str, str]:
    return member_headers(app, make_customer())


def keep(client: FlaskClient, path: str, made: ProductFixture, headers: dict[str, str]) -> int:
    return client.put(f"{path}/{made.product_id}", headers=headers).status_code


def shown(client: FlaskClient, path: str, headers: dict[str, str]) -> list[str]:
    items = client.get(path, headers=headers).get_json()["items"]
    return [item["id"] for item in items]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_its_customers_own_the_last_first(
    client: FlaskClient, me: dict[str, str], other: dict[str, str], path: str
) -> None:
    first, second = make_product(), make_product()
    for made in (first, second):
        assert keep(client, path, made, me) == 204
    assert shown(client, path, me) == [str(second.product_id), str(first.product_id)]
    assert shown(client, path, other) == []
    client.delete(f"{path}/{first.product_id}" if path == FAVOURITES else path, headers=other)
    assert len(shown(client, path, me)) == 2


@pytest.mark.parametrize("path", LISTS)
def test_what_cannot_be_bought_or_is_not_there_is_refused(client: FlaskClient, me: dict[str, str], path: str) -> None:
    draft = make_product(on_sale=False)
    for number in (draft.product_id, 42, 2**63 - 1):
        answer = client.put(f"{path}/{number}", headers=me)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "catalog.product_not_on_sale")
    assert client.put(f"{path}/{2**63}", headers=me).status_code == 404
    assert shown(client, path, me) == []
    assert client.get(path).status_code == 401


@pytest.mark.parametrize(("path", "schema"), [(FAVOURITES, FavouriteSchema()), (VIEWED, ViewedProductSchema())])
def test_what_left_the_shelf_stays_in_the_list_and_says_so(
    client: FlaskClient, me: dict[str, str], path: str, schema: Schema
) -> None:
    made = make_product(price_fen=1000, stock=2)
    keep(client, path, made, me)
    (before,) = client.get(path, headers=me).get_json()["items"]
    rewrite(made, price_fen=800)
    take_off_sale(made)
    (item,) = client.get(path, headers=me).get_json()["items"]
    assert set(item) == set(schema.fields)
    assert (before["on_sale"], before["in_stock"], item["on_sale"], item["in_stock"]) == (True, True, False, False)
    assert item["min_price_fen"] == 800
    if path == FAVOURITES:
        assert item["added_price_fen"] == 1000


def test_a_favourite_is_kept_once_and_as_it_was(client: FlaskClient, me: dict[str, str]) -> None:
    made = make_product(price_fen=1000)
    keep(client, FAVOURITES, made, me)
    rewrite(made, price_fen=800)
    assert keep(client, FAVOURITES, made, me) == 204
    (item,) = client.get(FAVOURITES, headers=me).get_json()["items"]
    assert item["added_price_fen"] == 1000
    for _ in range(2):
        assert client.delete(f"{FAVOURITES}/{made.product_id}", headers=me).status_code == 204
    assert shown(client, FAVOURITES, me) == []


def test_many_are_checked_at_once(client: FlaskClient, me: dict[str, str], other: dict[str, str]) -> None:
    mine, not_mine = make_product(), make_product()
    keep(client, FAVOURITES, mine, me)
    keep(client, FAVOURITES, not_mine, other)
    query = f"product_id={not_mine.product_id}&product_id={mine.product_id}&product_id=42"
    answer = client.get(f"{FAVOURITES}/marks?{query}", headers=me)
    assert answer.get_json() == {"product_ids": [str(mine.product_id)]}
    for odd in ("", "product_id=x", "&".join(f"product_id={number}" for number in range(1, 102))):
        assert client.get(f"{FAVOURITES}/marks?{odd}", headers=me).status_code == 422


def test_favourites_are_bounded(client: FlaskClient, me: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepsakes, "MAX_FAVOURITES", 2)
    first, second, third = make_product(), make_product(), make_product()
    assert [keep(client, FAVOURITES, made, me) for made in (first, second, third)] == [204, 204, 409]
    assert shown(client, FAVOURITES, me) == [str(second.product_id), str(first.product_id)]
    assert keep(client, FAVOURITES, first, me) == 204


def test_the_last_hundred_are_remembered(
    client: FlaskClient, me: dict[str, str], other: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keepsake.MAX_VIEWED == 100
    monkeypatch.setattr(viewing, "MAX_VIEWED", 2)
    products = [make_product() for _ in range(4)]
    keep(client, VIEWED, products[0], other)
    for made in products:
        keep(client, VIEWED, made, me)
    expected = [str(made.product_id) for made in (products[3], products[2])]
    assert shown(client, VIEWED, me) == expected
    keep(client, VIEWED, products[2], me)
    assert shown(client, VIEWED, me) == expected[::-1]
    assert client.delete(VIEWED, headers=me).status_code == 204
    assert (shown(client, VIEWED, me), len(shown(client, VIEWED, other))) == ([], 1)


def test_to_look_at_the_detail_notes_nothing(client: FlaskClient, me: dict[str, str]) -> None:
    made = make_product()
    assert client.get(f"/api/v1/products/{made.product_id}", headers=me).status_code == 200
    assert shown(client, VIEWED, me) == []


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("count", [1, 5, 20])
def test_lists_take_one_statement_beside_the_guards(
    client: FlaskClient, me: dict[str, str], path: str, count: int
) -> None:
    products = [make_product() for _ in range(count)]
    for made in products:
        keep(client, path, made, me)
    pages = [path]
    if path == FAVOURITES:
        pages.append(f"{path}/marks?" + "&".join(f"product_id={made.product_id}" for made in products))
    for page in pages:
        with counted_statements() as statements:
            assert client.get(page, headers=me).status_code == 200
        assert len(statements) == 2


def test_noting_a_known_product_takes_one_statement_and_a_new_one_three(
    client: FlaskClient, me: dict[str, str]
) -> None:
    made = make_product()
    for expected in (3, 1):
        with counted_statements() as statements:
            keep(client, VIEWED, made, me)
        assert len([one for one in statements if "cat_viewed" in one]) == expected


def test_a_list_pages_by_cursor(client: FlaskClient, me: dict[str, str]) -> None:
    products = [make_product() for _ in range(5)]
    for made in products:
        keep(client, FAVOURITES, made, me)
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = client.get(f"{FAVOURITES}?limit=2{cursor}", headers=me).get_json()
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == ([str(made.product_id) for made in reversed(products)], None)
