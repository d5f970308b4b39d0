"""The staff's routes: who may, what comes back, and that refused requests change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.schema.product import NewProductSchema
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from tests.factories.catalog import make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers

SPEC = [{"name": "规格", "value": "500g"}]


def new_product(category_id: int, **over: Any) -> dict[str, Any]:
    return {
        "code": "APPLE",
        "category_id": str(category_id),
        "title": "苹果",
        "parameters": [{"name": "产地", "value": "烟台"}, {"name": "储存", "value": "冷藏"}],
        "skus": [{"spec": SPEC, "price_fen": 990, "list_price_fen": 1280}],
    } | over


def editable(detail: dict[str, Any]) -> dict[str, Any]:
    """A staff detail as it goes back into PUT."""
    taken = NewProductSchema().fields.keys() - {"code", "skus"} | {"version"}
    own = ("id", "spec", "price_fen", "list_price_fen", "image_url", "bar_code", "weight_g", "cost_fen", "order_limit")
    return {name: detail[name] for name in taken} | {
        "skus": [{name: sku[name] for name in own} for sku in detail["skus"]]
    }


ROUTES = [
    ("GET", "/admin/v1/categories", "catalog:read"),
    ("POST", "/admin/v1/categories", "catalog:edit"),
    ("PUT", "/admin/v1/categories/1", "catalog:edit"),
    ("DELETE", "/admin/v1/categories/1", "catalog:edit"),
    ("GET", "/admin/v1/products", "catalog:read"),
    ("POST", "/admin/v1/products", "catalog:edit"),
    ("GET", "/admin/v1/products/1", "catalog:read"),
    ("GET", "/admin/v1/products/1/form", "catalog:read"),
    ("PUT", "/admin/v1/products/1", "catalog:edit"),
    ("DELETE", "/admin/v1/products/1", "catalog:edit"),
    ("POST", "/admin/v1/products/1/on-sale", "catalog:sell"),
    ("POST", "/admin/v1/products/1/off-sale", "catalog:sell"),
]


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str, permission: str) -> None:
    others = {"catalog:read", "catalog:edit", "catalog:sell"} - {permission}
    assert client.open(path, method=method).status_code == 401
    assert client.open(path, method=method, headers=member_headers(app, make_customer())).status_code == 401
    refused = client.open(path, method=method, headers=staff_headers(app, permissions=others))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    admitted = client.open(path, method=method, headers=staff_headers(app, permissions={permission}))
    assert admitted.status_code not in (401, 403, 500)


def test_a_product_from_draft_to_archive(client: FlaskClient, staff: dict[str, str]) -> None:
    category_id = make_category()
    created = client.post("/admin/v1/products", json=new_product(category_id), headers=staff)
    assert created.status_code == 201
    detail = created.get_json()
    assert (detail["status"], detail["version"], detail["min_price_fen"]) == ("draft", 1, 990)
    assert [pair["name"] for pair in detail["parameters"]] == ["产地", "储存"]
    path = f"/admin/v1/products/{detail['id']}"
    assert inventory.available(sku_ids=[int(detail["skus"][0]["id"])]) == {int(detail["skus"][0]["id"]): 0}
    assert client.post(f"{path}/on-sale?version=1", headers=staff).status_code == 204
    assert client.get(f"/api/v1/products/{detail['id']}").status_code == 200
    assert client.delete(f"{path}?version=2", headers=staff).get_json()["code"] == "catalog.not_allowed_now"
    assert client.post(f"{path}/off-sale?version=2", headers=staff).status_code == 204
    assert client.delete(f"{path}?version=3", headers=staff).status_code == 204
    assert client.get(path, headers=staff).get_json()["status"] == "archived"


def test_what_get_shows_can_be_put_back_unchanged(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(skus=2)
    path = f"/admin/v1/products/{made.product_id}"
    detail = client.get(path, headers=staff).get_json()
    answer = client.put(path, json=editable(detail), headers=staff)
    assert answer.status_code == 200
    assert answer.get_json() == detail


def test_the_form_is_what_put_takes(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(skus=2, price_fen=990, brand="果然鲜")
    path = f"/admin/v1/products/{made.product_id}"
    detail = client.get(path, headers=staff).get_json()
    form = client.get(f"{path}/form", headers=staff).get_json()
    answer = client.put(path, json=form, headers=staff)
    assert (answer.status_code, answer.get_json()) == (200, detail)

    form["skus"][1]["price_fen"] = 1890
    changed = client.put(path, json=form, headers=staff).get_json()
    assert [sku["price_fen"] for sku in changed["skus"]] == [990, 1890]
    assert (changed["title"], changed["brand"]) == (detail["title"], "果然鲜")


def test_an_edit_changes_adds_and_archives_skus(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(skus=2)
    path = f"/admin/v1/products/{made.product_id}"
    body = editable(client.get(path, headers=staff).get_json())
    body["skus"] = [
        body["skus"][0] | {"price_fen": 1500},
        {"spec": [{"name": "规格", "value": "新款"}], "price_fen": 800},
    ]
    edited = client.put(path, json=body, headers=staff).get_json()
    assert [(sku["spec_text"], sku["price_fen"]) for sku in edited["skus"]] == [
        ("规格:款式1", 1500),
        ("规格:新款", 800),
    ]
    assert (edited["min_price_fen"], edited["version"]) == (800, body["version"] + 1)
    new_id = int(edited["skus"][1]["id"])
    assert inventory.available(sku_ids=[new_id]) == {new_id: 0}
    shown = client.get(f"/api/v1/products/{made.product_id}").get_json()
    assert shown["specs"] == [{"name": "规格", "values": ["款式1", "新款"]}]


def test_a_stale_version_is_409_and_names_both(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product()
    path = f"/admin/v1/products/{made.product_id}"
    body = editable(client.get(path, headers=staff).get_json())
    current = client.put(path, json=body | {"title": "新名"}, headers=staff).get_json()
    refused = client.put(path, json=body | {"title": "旧名"}, headers=staff)
    assert refused.status_code == 409
    error = refused.get_json()
    assert error["code"] == "kit.stale_version"
    assert error["errors"] == {"version": {"sent": body["version"], "current": current["version"]}}
    assert f"版本 {body['version']}" in error["message"]
    assert client.get(path, headers=staff).get_json() == current


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"title": ""}, 422, "kit.invalid"),
        ({"price": 1}, 422, "kit.invalid"),
        ({"code": "苹果"}, 422, "kit.invalid"),
        ({"image_url": "javascript:alert(1)"}, 422, "kit.invalid"),
        ({"skus": [{"spec": SPEC, "price_fen": -1}]}, 422, "kit.invalid"),
        ({"skus": [{"spec": SPEC, "price_fen": 9.9}]}, 422, "kit.invalid"),
        ({"skus": [{"spec": [], "price_fen": 1}]}, 422, "kit.invalid"),
        ({"skus": [{"spec": [{"name": "a;b", "value": "1"}], "price_fen": 1}]}, 422, "kit.invalid"),
        ({"skus": [{"spec": SPEC * 2, "price_fen": 1}]}, 422, "catalog.spec_malformed"),
        ({"skus": [{"spec": SPEC, "price_fen": 1}] * 2}, 422, "catalog.spec_repeated"),
        ({"category_id": "42"}, 404, "catalog.category_not_found"),
        ({"code": "TAKEN"}, 409, "catalog.product_code_taken"),
    ],
)
def test_a_product_that_is_refused_leaves_nothing(
    client: FlaskClient, staff: dict[str, str], over: dict[str, Any], status: int, code: str
) -> None:
    make_product(code="TAKEN")
    answer = client.post("/admin/v1/products", json=new_product(make_category()) | over, headers=staff)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert len(client.get("/admin/v1/products", headers=staff).get_json()["items"]) == 1


def test_a_product_without_skus_is_not_put_on_sale(client: FlaskClient, staff: dict[str, str]) -> None:
    body = new_product(make_category(), skus=[])
    product_id = client.post("/admin/v1/products", json=body, headers=staff).get_json()["id"]
    refused = client.post(f"/admin/v1/products/{product_id}/on-sale?version=1", headers=staff)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.nothing_to_sell")
    assert client.get(f"/admin/v1/products/{product_id}", headers=staff).get_json()["status"] == "draft"


def test_staff_are_told_in_their_own_words_that_there_is_no_such_product(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    draft = make_product(on_sale=False)
    for method, path in (("GET", ""), ("GET", "/form"), ("DELETE", "?version=1"), ("POST", "/on-sale?version=1")):
        answer = client.open(f"/admin/v1/products/42{path}", method=method, headers=staff)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "catalog.product_not_found")
        assert "下架" not in answer.get_json()["message"]
    shown = client.get(f"/api/v1/products/{draft.product_id}")
    assert (shown.status_code, shown.get_json()["code"]) == (404, "catalog.product_not_on_sale")


def test_the_list_filters(client: FlaskClient, staff: dict[str, str]) -> None:
    category_id = make_category()
    on, off = make_product(category_id=category_id), make_product(on_sale=False, code="OFF")

    def ids(**query: Any) -> list[str]:
        items = client.get("/admin/v1/products", query_string=query, headers=staff).get_json()["items"]
        return [item["id"] for item in items]

    assert ids() == [str(off.product_id), str(on.product_id)]
    assert ids(status="draft") == [str(off.product_id)]
    assert ids(category_id=category_id) == [str(on.product_id)]
    assert ids(code="OFF") == [str(off.product_id)]
    assert client.get("/admin/v1/products?status=gone", headers=staff).status_code == 422


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_of_the_list_do_not_grow(client: FlaskClient, staff: dict[str, str], count: int) -> None:
    category_id = make_category()
    for _ in range(count):
        make_product(category_id=category_id, stock=0)
    for path in ("/admin/v1/products?limit=100", "/admin/v1/categories"):
        with counted_statements() as statements:
            assert client.get(path, headers=staff).status_code == 200
        assert len([text for text in statements if "FROM cat_" in text]) == 1


def test_categories_are_added_changed_and_archived(client: FlaskClient, staff: dict[str, str]) -> None:
    root = client.post("/admin/v1/categories", json={"name": "生鲜", "sort_order": 1}, headers=staff).get_json()["id"]
    child = client.post("/admin/v1/categories", json={"name": "水果", "parent_id": root}, headers=staff).get_json()[
        "id"
    ]
    assert (
        client.put(f"/admin/v1/categories/{child}", json={"name": "鲜果", "version": 1}, headers=staff).status_code
        == 204
    )
    tree = client.get("/api/v1/categories").get_json()["items"]
    assert [node["name"] for node in tree] == ["鲜果", "生鲜"]
    assert client.delete(f"/admin/v1/categories/{child}?version=2", headers=staff).status_code == 204
    shown = client.get("/admin/v1/categories", headers=staff).get_json()["items"]
    assert [(node["name"], node["archived_at"] is None) for node in shown] == [("鲜果", False), ("生鲜", True)]
    assert [node["name"] for node in client.get("/api/v1/categories").get_json()["items"]] == ["生鲜"]


def test_refused_changes_of_the_tree(client: FlaskClient, staff: dict[str, str]) -> None:
    first = make_category("一")
    second = make_category("二", parent_id=first)
    third = make_category("三", parent_id=second)
    make_product(category_id=third)
    before = services().query.categories()
    for method, path, body, status, code in (
        ("POST", "", {"name": "四", "parent_id": str(third)}, 422, "catalog.category_too_deep"),
        ("POST", "", {"name": "一"}, 409, "catalog.category_name_taken"),
        ("POST", "", {"name": "a/b"}, 422, "kit.invalid"),
        ("POST", "", {"name": "四", "parent_id": "42"}, 404, "catalog.category_not_found"),
        (
            "PUT",
            f"/{first}",
            {"name": "一", "parent_id": str(third), "version": 1},
            422,
            "catalog.category_inside_itself",
        ),
        ("DELETE", f"/{first}?version=1", None, 409, "catalog.category_in_use"),
        ("DELETE", f"/{third}?version=1", None, 409, "catalog.category_in_use"),
        ("DELETE", "/42?version=1", None, 404, "catalog.category_not_found"),
    ):
        answer = client.open(f"/admin/v1/categories{path}", method=method, json=body, headers=staff)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert services().query.categories() == before
