"""Brands, tags and spec templates: who may, what comes back, and that refused requests change nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.permission import CatalogPermission
from tests.factories.catalog import make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.user import staff_headers

SPECS = [{"name": "规格", "values": ["500g", "1kg"]}]
PLACES = ("brands", "tags", "spec-templates")


def body_of(place: str, name: str = "甲", **over: Any) -> dict[str, Any]:
    more = {"category_id": str(make_category()), "specs": SPECS} if place == "spec-templates" else {}
    return {"name": name} | more | over


def add(client: FlaskClient, staff: dict[str, str], place: str, name: str = "甲", **over: Any) -> dict[str, Any]:
    answer = client.post(f"/admin/v1/{place}", json=body_of(place, name, **over), headers=staff)
    assert answer.status_code == 201, answer.get_json()
    return dict(answer.get_json())


def listed(client: FlaskClient, staff: dict[str, str], place: str) -> list[dict[str, Any]]:
    return list(client.get(f"/admin/v1/{place}", headers=staff).get_json()["items"])


@pytest.mark.parametrize("place", PLACES)
def test_doors(app: Flask, client: FlaskClient, place: str) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("PUT", "/1"), ("DELETE", "/1?version=1")):
        needed = CatalogPermission.READ if method == "GET" else CatalogPermission.CLASSIFY
        others = staff_headers(app, permissions=set(CatalogPermission) - {needed})
        assert client.open(f"/admin/v1/{place}{path}", method=method).status_code == 401
        assert client.open(f"/admin/v1/{place}{path}", method=method, headers=others).status_code == 403
        admitted = client.open(
            f"/admin/v1/{place}{path}", method=method, headers=staff_headers(app, permissions={needed})
        )
        assert admitted.status_code not in (401, 403, 500)


@pytest.mark.parametrize("place", PLACES)
def test_added_changed_and_removed(client: FlaskClient, staff: dict[str, str], place: str) -> None:
    made = add(client, staff, place)
    path = f"/admin/v1/{place}/{made['id']}"
    changed = client.put(path, json=body_of(place, "乙") | {"version": 1}, headers=staff).get_json()
    assert (changed["name"], changed["version"]) == ("乙", 2)
    assert listed(client, staff, place) == [changed]
    for answer in (
        client.put(path, json=body_of(place, "丙") | {"version": 1}, headers=staff),
        client.delete(f"{path}?version=1", headers=staff),
    ):
        assert answer.status_code == 409
        assert answer.get_json()["errors"] == {"version": {"sent": 1, "current": 2}}
    assert client.delete(path, headers=staff).status_code == 422
    assert listed(client, staff, place) == [changed]
    assert client.delete(f"{path}?version=2", headers=staff).status_code == 204
    assert listed(client, staff, place) == []
    assert client.delete(f"{path}?version=2", headers=staff).status_code == 404


@pytest.mark.parametrize("place", PLACES)
def test_what_is_refused_leaves_nothing(client: FlaskClient, staff: dict[str, str], place: str) -> None:
    category_id = str(make_category())
    over = {"category_id": category_id} if place == "spec-templates" else {}
    add(client, staff, place, "Tea", **over)
    before = listed(client, staff, place)
    for change, status in (
        ({"name": "TEA"}, 409),
        ({"name": ""}, 422),
        ({"name": "a\x00"}, 422),
        ({"name": "\ud800"}, 422),
        ({"name": 1}, 422),
        ({"name": "x" * 61}, 422),
        ({"name": "y", "no_such_field": 1}, 422),
    ):
        body = json.dumps(body_of(place, **over) | change)
        answer = client.post(f"/admin/v1/{place}", data=body, content_type="application/json", headers=staff)
        assert answer.status_code == status, change
        assert listed(client, staff, place) == before


@pytest.mark.parametrize(
    "specs",
    [
        [],
        [{"name": "规格", "values": []}],
        [{"name": "规格", "values": ["a", "a"]}],
        [{"name": "规格", "values": ["a"]}, {"name": "规格", "values": ["b"]}],
        [{"name": "a;b", "values": ["a"]}],
        [{"name": "规格", "values": ["a;b"]}],
        [{"name": str(number), "values": ["a"]} for number in range(6)],
    ],
)
def test_templates_that_make_no_specs_are_refused(client: FlaskClient, staff: dict[str, str], specs: Any) -> None:
    body = body_of("spec-templates", specs=specs)
    assert client.post("/admin/v1/spec-templates", json=body, headers=staff).status_code == 422
    assert listed(client, staff, "spec-templates") == []


def test_templates_are_found_by_category(client: FlaskClient, staff: dict[str, str]) -> None:
    one, _ = (add(client, staff, "spec-templates") for _ in range(2))
    found = client.get(f"/admin/v1/spec-templates?category_id={one['category_id']}", headers=staff).get_json()["items"]
    assert found == [one]


def test_a_renamed_brand_is_renamed_on_its_products_and_for_customers(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    made, other = make_product(brand="Nike"), make_product(brand="Puma")
    (brand,) = client.get("/admin/v1/brands?name=nike", headers=staff).get_json()["items"]
    shown = f"/api/v1/products/{made.product_id}"
    assert client.get(shown).get_json()["brand"] == "Nike"
    change = {"name": "耐克", "version": brand["version"]}
    changed = client.put(f"/admin/v1/brands/{brand['id']}", json=change, headers=staff).get_json()
    assert (changed["name"], changed["logo"]) == ("耐克", "")
    assert client.get(shown).get_json()["brand"] == "耐克"
    assert client.get(f"/api/v1/products/{other.product_id}").get_json()["brand"] == "Puma"


def test_what_a_change_of_a_brand_leaves_out_stays(client: FlaskClient, staff: dict[str, str]) -> None:
    more = {"logo": "https://img.example.com/b.png", "description": "鲜", "sort_order": 7}
    brand = add(client, staff, "brands", **more)
    path = f"/admin/v1/brands/{brand['id']}"
    changed = client.put(path, json={"name": "乙", "version": 1}, headers=staff).get_json()
    assert {name: changed[name] for name in more} == more


def test_a_brand_that_products_carry_is_not_archived(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(brand="Nike", on_sale=False)
    (brand,) = listed(client, staff, "brands")
    path = f"/admin/v1/brands/{brand['id']}?version=1"
    refused = client.delete(path, headers=staff)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.brand_in_use")
    assert listed(client, staff, "brands") == [brand]
    client.delete(f"/admin/v1/products/{made.product_id}?version=1", headers=staff)
    assert client.delete(path, headers=staff).status_code == 204
    assert add(client, staff, "brands", "NIKE")["id"] != brand["id"]


def test_products_lose_a_deleted_tag(client: FlaskClient, staff: dict[str, str]) -> None:
    tag = add(client, staff, "tags")
    made = make_product(tag_ids=frozenset({int(tag["id"])}))
    path = f"/admin/v1/products/{made.product_id}"
    assert [worn["id"] for worn in client.get(path, headers=staff).get_json()["tags"]] == [tag["id"]]
    assert client.delete(f"/admin/v1/tags/{tag['id']}?version=1", headers=staff).status_code == 204
    assert client.get(path, headers=staff).get_json()["tags"] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_of_the_lists_do_not_grow(
    client: FlaskClient, staff: dict[str, str], place: str, count: int
) -> None:
    for number in range(count):
        add(client, staff, place, f"名{number}")
    with counted_statements() as statements:
        items = client.get(f"/admin/v1/{place}?limit=100", headers=staff).get_json()["items"]
    assert len(items) == count
    assert len([text for text in statements if "FROM cat_" in text]) == 1


@pytest.mark.parametrize("place", PLACES[:2])
def test_pages_follow_the_order_of_display(client: FlaskClient, staff: dict[str, str], place: str) -> None:
    for name, order in (("三", 2), ("一", 1), ("二", 1)):
        add(client, staff, place, name, sort_order=order)
    names, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/admin/v1/{place}?limit=1{cursor and '&cursor=' + cursor}", headers=staff).get_json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert names == ["一", "二", "三"]
