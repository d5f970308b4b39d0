"""The shop window: what customers see, as cached bytes that keep to their schema."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from redis.exceptions import ConnectionError as RedisAway

from backend.catalog.schema.shop import CategoryTreeSchema, HomeSchema, ProductCardSchema, ProductDetailSchema
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from tests.factories.catalog import ProductFixture, make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.user import staff_headers


def assert_conforms(schema: Schema, value: dict[str, Any]) -> None:
    """Exactly the fields of the schema, each with a value it accepts, all the way down."""
    assert schema.validate(value) == {}
    assert set(value) == set(schema.fields)
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            for item in value[name] if isinstance(field, fields.List) else [value[name]]:
                assert_conforms(inner.schema, item)


def test_the_bytes_keep_to_the_documented_schemas(client: FlaskClient) -> None:
    child = make_category("水果", parent_id=make_category("生鲜"))
    made = make_product(category_id=child, skus=2, gallery=("https://a/1",), image_url="https://a/p")
    for path, schema in (
        ("/api/v1/home", HomeSchema()),
        ("/api/v1/categories", CategoryTreeSchema()),
        ("/api/v1/products", page_of(ProductCardSchema)()),
        (f"/api/v1/products/{made.product_id}", ProductDetailSchema()),
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "application/json"
        assert_conforms(schema, answer.get_json())


def test_the_detail_has_the_matrix_of_skus(client: FlaskClient) -> None:
    made = make_product(skus=2, price_fen=990, stock=3)
    detail = client.get(f"/api/v1/products/{made.product_id}").get_json()
    assert detail["id"] == str(made.product_id)
    assert detail["specs"] == [{"name": "规格", "values": ["款式1", "款式2"]}]
    assert [(sku["id"], sku["price_fen"], sku["in_stock"]) for sku in detail["skus"]] == [
        (str(sku_id), 990, True) for sku_id in made.sku_ids
    ]


def test_what_is_not_on_sale_is_not_there(client: FlaskClient) -> None:
    made = make_product(on_sale=False)
    answer = client.get(f"/api/v1/products/{made.product_id}", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "catalog.product_not_found"
    assert client.get("/api/v1/products").get_json()["items"] == []
    assert client.get("/api/v1/home").get_json()["newest"] == []


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 19, "9" * 40])
def test_numbers_that_are_no_ids_are_404(client: FlaskClient, number: str) -> None:
    assert client.get(f"/api/v1/products/{number}").status_code == 404


def test_the_list_is_newest_first_and_pages_by_cursor(client: FlaskClient) -> None:
    made = [make_product() for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = client.get(
            "/api/v1/products", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).get_json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == [str(product.product_id) for product in reversed(made)]


def test_a_category_includes_what_is_below_it(client: FlaskClient) -> None:
    root = make_category()
    child = make_category(parent_id=root)
    inside = [make_product(category_id=root), make_product(category_id=child)]
    make_product()
    for category_id, expected in ((root, inside[::-1]), (child, inside[1:])):
        items = client.get(f"/api/v1/products?category_id={category_id}").get_json()["items"]
        assert [item["id"] for item in items] == [str(product.product_id) for product in expected]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("category_id=42", 404, "catalog.category_not_found"),
        ("cursor=abc", 422, "kit.bad_cursor"),
        ("limit=0", 422, "kit.invalid"),
        ("limit=101", 422, "kit.invalid"),
        ("category_id=x", 422, "kit.invalid"),
    ],
)
def test_odd_queries_are_refused(client: FlaskClient, query: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/products?{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_the_tree_is_in_order_of_display(client: FlaskClient) -> None:
    second = make_category("酒水", sort_order=2)
    first = make_category("生鲜", sort_order=1)
    make_category("水果", parent_id=first)
    services().categories.archive(make_category("旧"), now=utc_now())
    tree = client.get("/api/v1/categories").get_json()["items"]
    assert [(node["id"], [child["name"] for child in node["children"]]) for node in tree] == [
        (str(first), ["水果"]),
        (str(second), []),
    ]


def paths_of(made: ProductFixture) -> list[str]:
    return ["/api/v1/home", "/api/v1/categories", "/api/v1/products", f"/api/v1/products/{made.product_id}"]


def test_an_etag_saves_the_body_and_the_database(client: FlaskClient) -> None:
    for path in paths_of(make_product()):
        first = client.get(path)
        assert first.headers["Cache-Control"] == "no-cache"
        with counted_statements() as statements:
            again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
            whole = client.get(path, headers={"If-None-Match": '"old"'})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert (whole.status_code, whole.data) == (200, first.data)
        assert statements == []


def test_a_change_is_visible_at_once(app: Flask, client: FlaskClient) -> None:
    made = make_product()
    path = f"/api/v1/products/{made.product_id}"
    etag = client.get(path).headers["ETag"]
    assert client.get("/api/v1/products").get_json()["items"] != []
    headers = staff_headers(app, permissions={"catalog:sell"})
    assert client.post(f"/admin/v1/products/{made.product_id}/off-sale", headers=headers).status_code == 204
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 404
    assert client.get("/api/v1/products").get_json()["items"] == []


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow_with_the_page(client: FlaskClient, count: int) -> None:
    category_id = make_category()
    made = [make_product(category_id=category_id, skus=2) for _ in range(count)]
    bounds = {
        "/api/v1/home": 5,
        "/api/v1/categories": 1,
        "/api/v1/products?limit=100": 1,
        f"/api/v1/products?limit=100&category_id={category_id}": 2,
        f"/api/v1/products/{made[0].product_id}": 2,
    }
    for path, bound in bounds.items():
        with counted_statements() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) == bound, path


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow_with_the_skus(client: FlaskClient, count: int) -> None:
    made = make_product(skus=count)
    with counted_statements() as statements:
        assert len(client.get(f"/api/v1/products/{made.product_id}").get_json()["skus"]) == count
    assert len(statements) == 2


def test_without_redis_the_window_stays_open(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def __getattr__(self, _name: str) -> Any:
            raise RedisAway

    made = make_product()
    monkeypatch.setitem(app.extensions, "qiyuan_redis", Away())
    monkeypatch.setattr(services().storefront.cache, "_silent_until", 0.0)
    for path in paths_of(made):
        answer = client.get(path)
        assert answer.status_code == 200
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    services().selling.take_off_sale(made.product_id, now=utc_now())
    assert client.get(f"/api/v1/products/{made.product_id}").status_code == 404
