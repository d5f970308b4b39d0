"""What staff say about products and SKUs beyond the essentials: it is kept, shown, bounded, and left out it stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories.catalog import make_category, make_product

SKU = {"spec": [{"name": "规格", "value": "500g"}], "price_fen": 990}
MORE = {
    "brand": "果然鲜",
    "detail": '<p onclick="x()">脆<script>alert(1)</script></p>',
    "video": "https://img.example.com/apple.mp4",
    "origin": "山东烟台",
    "freight_class": "fresh",
    "sort_weight": -3,
}
SKU_MORE = {"bar_code": "6901234567892", "weight_g": 520, "cost_fen": 800, "order_limit": 5}


def create(client: FlaskClient, staff: dict[str, str], **over: Any) -> dict[str, Any]:
    body = {"code": "APPLE", "category_id": str(make_category()), "title": "苹果", "skus": [SKU]} | over
    answer = client.post("/admin/v1/products", json=body, headers=staff)
    assert answer.status_code == 201, answer.get_json()
    return dict(answer.get_json())


def put(client: FlaskClient, staff: dict[str, str], known: dict[str, Any], **over: Any) -> Any:
    sku = {"id": known["skus"][0]["id"]} | SKU
    body = {"category_id": known["category_id"], "title": "苹果", "version": known["version"], "skus": [sku]} | over
    return client.put(
        f"/admin/v1/products/{known['id']}", data=json.dumps(body), content_type="application/json", headers=staff
    )


def tag(client: FlaskClient, staff: dict[str, str], name: str) -> str:
    return str(client.post("/admin/v1/tags", json={"name": name}, headers=staff).get_json()["id"])


def test_everything_said_is_shown(client: FlaskClient, staff: dict[str, str]) -> None:
    tags = [tag(client, staff, name) for name in ("当季", "热卖")]
    detail = create(client, staff, **MORE, tag_ids=tags, skus=[SKU | SKU_MORE])
    assert {name: detail[name] for name in MORE} == MORE | {"detail": "<p>脆</p>"}
    assert [worn["name"] for worn in detail["tags"]] == ["当季", "热卖"]
    assert detail["tag_ids"] == tags
    assert {name: detail["skus"][0][name] for name in SKU_MORE} == SKU_MORE
    (brand,) = client.get("/admin/v1/brands", headers=staff).get_json()["items"]
    assert (brand["name"], brand["id"]) == ("果然鲜", detail["brand_id"])


def test_what_an_edit_leaves_out_stays_and_what_it_says_changes(client: FlaskClient, staff: dict[str, str]) -> None:
    tags = [tag(client, staff, "当季")]
    detail = create(client, staff, **MORE, tag_ids=tags, skus=[SKU | SKU_MORE])
    edited = put(client, staff, detail, title="新名").get_json()
    kept = MORE.keys() - {"brand"} | {"tag_ids"}
    assert {name: edited[name] for name in kept} == {name: detail[name] for name in kept}
    assert {name: edited["skus"][0][name] for name in SKU_MORE} == SKU_MORE
    empty = {"detail": "", "video": "", "origin": "", "freight_class": "", "sort_weight": 0, "tag_ids": []}
    none = dict.fromkeys(SKU_MORE)
    skus = [{"id": detail["skus"][0]["id"]} | SKU | none]
    cleared = put(client, staff, edited, **empty, skus=skus).get_json()
    assert {name: cleared[name] for name in empty} == empty
    assert {name: cleared["skus"][0][name] for name in none} == none


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"detail": "x" * 50_001}, 422, "kit.invalid"),
        ({"detail": "&" * 20_000}, 422, "catalog.detail_too_long"),
        ({"detail": "a\x00b"}, 422, "kit.invalid"),
        ({"detail": "\ud800"}, 422, "kit.invalid"),
        ({"video": "javascript:alert(1)"}, 422, "kit.invalid"),
        ({"origin": "x" * 61}, 422, "kit.invalid"),
        ({"freight_class": "生鲜"}, 422, "kit.invalid"),
        ({"sort_weight": 2**31}, 422, "kit.invalid"),
        ({"sort_weight": "1"}, 422, "kit.invalid"),
        ({"tag_ids": ["42"]}, 404, "catalog.tag_not_found"),
        ({"tag_ids": [1]}, 422, "kit.invalid"),
        ({"tag_ids": [str(number) for number in range(1, 22)]}, 422, "kit.invalid"),
        ({"brand_id": "42"}, 404, "catalog.brand_not_found"),
        ({"skus": [SKU | {"bar_code": "6901234567890"}]}, 422, "catalog.bar_code_wrong"),
        ({"skus": [SKU | {"bar_code": "TAKEN"}]}, 409, "catalog.bar_code_taken"),
        ({"skus": [SKU | {"bar_code": "条码"}]}, 422, "kit.invalid"),
        ({"skus": [SKU | {"order_limit": 0}]}, 422, "kit.invalid"),
        ({"skus": [SKU | {"weight_g": -1}]}, 422, "kit.invalid"),
        ({"skus": [SKU | {"cost_fen": 1.5}]}, 422, "kit.invalid"),
    ],
)
def test_what_is_refused_changes_nothing(
    client: FlaskClient, staff: dict[str, str], over: dict[str, Any], status: int, code: str
) -> None:
    create(client, staff, code="OTHER", skus=[SKU | {"bar_code": "TAKEN"}])
    detail = create(client, staff, **MORE, skus=[SKU | SKU_MORE])
    skus = [{"id": detail["skus"][0]["id"]} | sku for sku in over.get("skus", [SKU])]
    answer = put(client, staff, detail, **over | {"skus": skus})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert client.get(f"/admin/v1/products/{detail['id']}", headers=staff).get_json() == detail


def test_a_bar_code_that_stands_twice_in_one_form_is_named_once(client: FlaskClient, staff: dict[str, str]) -> None:
    detail = create(client, staff, skus=[SKU])
    other = SKU | {"spec": [SKU["spec"][0] | {"value": "other"}], "bar_code": "TWICE"}
    skus = [{"id": detail["skus"][0]["id"]} | SKU | {"bar_code": "TWICE"}, other]
    answer = put(client, staff, detail, skus=skus)
    assert (answer.status_code, answer.get_json()["message"]) == (409, "条码已被其他规格使用：TWICE")


def test_a_brand_by_its_id_wins_over_its_name(client: FlaskClient, staff: dict[str, str]) -> None:
    brand = client.post("/admin/v1/brands", json={"name": "Nike"}, headers=staff).get_json()
    detail = create(client, staff, brand="Adidas", brand_id=brand["id"])
    assert (detail["brand"], detail["brand_id"]) == ("Nike", brand["id"])
    found = client.get(f"/admin/v1/products?brand_id={brand['id']}", headers=staff).get_json()["items"]
    assert [item["id"] for item in found] == [detail["id"]]
    assert client.get("/admin/v1/products?brand_id=42", headers=staff).get_json()["items"] == []


def test_versions_are_named_where_there_is_no_body(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product()
    path = f"/admin/v1/products/{made.product_id}"
    detail = client.get(path, headers=staff).get_json()
    both = {"version": {"sent": 99, "current": detail["version"]}}
    for method, place in (("POST", "/off-sale"), ("POST", "/on-sale"), ("DELETE", "")):
        for unseen in ("", "?version=", "?version=0", "?version=2147483648", "?version=x"):
            assert client.open(f"{path}{place}{unseen}", method=method, headers=staff).status_code == 422
        refused = client.open(f"{path}{place}?version=99", method=method, headers=staff)
        assert (refused.status_code, refused.get_json()["errors"]) == (409, both)
    assert client.get(path, headers=staff).get_json() == detail
    assert client.post(f"{path}/off-sale?version={detail['version']}", headers=staff).status_code == 204
