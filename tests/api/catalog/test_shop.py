"""The shop window: what customers see, as cached bytes that keep to their schema."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from redis.exceptions import ConnectionError as RedisAway

from backend.catalog.schema.shop import (
    BrandListSchema,
    CategoryTreeSchema,
    HomeSchema,
    ProductCardSchema,
    ProductDetailSchema,
    TagListSchema,
)
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from tests.factories.catalog import ProductFixture, make_category, make_product, make_tag
from tests.factories.catalog_changes import take_off_sale
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
    facts: dict[str, Any] = {"gallery": ("https://a/1",), "image_url": "https://a/p", "brand": "甲"}
    made = make_product(category_id=child, skus=2, tag_ids=frozenset({make_tag("新品")}), **facts)
    for path, schema in (
        ("/api/v1/home", HomeSchema()),
        ("/api/v1/categories", CategoryTreeSchema()),
        ("/api/v1/brands", BrandListSchema()),
        ("/api/v1/tags", TagListSchema()),
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


@pytest.mark.parametrize(
    ("units", "stock", "low_count"), [(0, "sold_out", None), (5, "low", 5), (1, "low", 1), (6, "in_stock", None)]
)
def test_the_detail_tells_how_many_only_when_few_are_left(
    client: FlaskClient, units: int, stock: str, low_count: int | None
) -> None:
    made = make_product(stock=units)
    (sku,) = client.get(f"/api/v1/products/{made.product_id}").get_json()["skus"]
    assert (sku["in_stock"], sku["stock"], sku["low_count"]) == (units > 0, stock, low_count)
    assert "bar_code" not in sku


def test_the_detail_has_what_staff_wrote(client: FlaskClient) -> None:
    tag_id = make_tag("当季")
    facts: dict[str, Any] = {"detail": "<p>脆<script>x</script></p>", "video": "https://a/v.mp4", "origin": "烟台"}
    made = make_product(tag_ids=frozenset({tag_id}), brand="甲", **facts)
    detail = client.get(f"/api/v1/products/{made.product_id}").get_json()
    assert (detail["detail"], detail["video"], detail["origin"]) == ("<p>脆</p>", "https://a/v.mp4", "烟台")
    assert detail["tags"] == [{"id": str(tag_id), "name": "当季"}]
    (brand,) = client.get("/api/v1/brands").get_json()["items"]
    assert (brand["name"], brand["id"]) == ("甲", detail["brand_id"])
    assert client.get("/api/v1/tags").get_json()["items"] == detail["tags"]
    take_off_sale(made)
    assert client.get("/api/v1/brands").get_json()["items"] == client.get("/api/v1/tags").get_json()["items"] == []


def test_filters_combine_in_the_query_string(client: FlaskClient) -> None:
    tags = [make_tag("a"), make_tag("b")]
    root = make_category()
    child = make_category(parent_id=root)
    both = make_product(category_id=child, brand="甲", price_fen=500, tag_ids=frozenset(tags))
    dear = make_product(category_id=root, brand="甲", price_fen=900, tag_ids=frozenset(tags))
    make_product(category_id=child, brand="甲", price_fen=500, tag_ids=frozenset(tags[:1]))
    make_product(category_id=child, brand="乙", price_fen=500, tag_ids=frozenset(tags))
    brand_id = client.get(f"/api/v1/products/{both.product_id}").get_json()["brand_id"]
    query = f"category_id={root}&brand_id={brand_id}&tag_id={tags[0]}&tag_id={tags[1]}&in_stock=true"
    for more, expected in (
        ("&order=price_asc", [both, dear]),
        ("&order=price_desc", [dear, both]),
        ("&price_from_fen=501", [dear]),
        ("&price_to_fen=500", [both]),
    ):
        items = client.get(f"/api/v1/products?{query}{more}").get_json()["items"]
        assert [item["id"] for item in items] == [str(product.product_id) for product in expected]


def test_what_is_not_on_sale_is_not_there(client: FlaskClient) -> None:
    made = make_product(on_sale=False)
    answer = client.get(f"/api/v1/products/{made.product_id}", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "catalog.product_not_on_sale"
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
        ("brand_id=42", 404, "catalog.brand_not_found"),
        ("tag_id=42&tag_id=43", 404, "catalog.tag_not_found"),
        ("tag_id=" + "&tag_id=".join(str(number) for number in range(1, 22)), 422, "kit.invalid"),
        ("price_from_fen=2&price_to_fen=1", 422, "catalog.price_range_reversed"),
        ("price_from_fen=-1", 422, "kit.invalid"),
        ("price_to_fen=99999999999999999999", 422, "kit.invalid"),
        ("order=random", 422, "kit.invalid"),
        ("order=price_asc&cursor=WzFd", 422, "kit.bad_cursor"),
        ("in_stock=maybe", 422, "kit.invalid"),
        ("colour=red", 422, "kit.invalid"),
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
    names = ("home", "categories", "brands", "tags", "products", "products?order=sales", f"products/{made.product_id}")
    return [f"/api/v1/{name}" for name in names]


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
    assert client.post(f"/admin/v1/products/{made.product_id}/off-sale?version=2", headers=headers).status_code == 204
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
        "/api/v1/brands": 1,
        "/api/v1/tags": 1,
        f"/api/v1/products/{made[0].product_id}": 3,
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
    assert len(statements) == 3


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
