"""Schedules, copies, SKUs from combinations, the price history, and deletion for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.facade import switch_due
from backend.catalog.permission import CatalogPermission
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from kit.repository.page import PageRequest
from tests.factories.catalog import ProductFixture, make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, make_staff, staff_headers
from tests.factories.versions import product_version
from tests.support.unchanged import nothing_changes

ADMIN = "/admin/v1/products"
CHOICES = [{"name": "颜色", "values": ["红", "蓝"]}, {"name": "尺码", "values": ["S", "M", "L"]}]
DOORS = [
    ("PUT", "schedule", CatalogPermission.SELL),
    ("POST", "copy", CatalogPermission.EDIT),
    ("POST", "skus/generate", CatalogPermission.EDIT),
    ("GET", "price-changes", CatalogPermission.READ),
]


def show(client: FlaskClient, staff: dict[str, str], product_id: int | str) -> dict[str, Any]:
    return dict(client.get(f"{ADMIN}/{product_id}", headers=staff).get_json())


def in_hours(hours: float) -> str:
    return (utc_now() + timedelta(hours=hours)).isoformat()


def empty_draft(client: FlaskClient, staff: dict[str, str], **over: Any) -> dict[str, Any]:
    body = {"code": "EMPTY", "category_id": str(make_category()), "title": "T", "skus": []} | over
    return dict(client.post(ADMIN, json=body, headers=staff).get_json())


@pytest.mark.parametrize(("method", "place", "permission"), DOORS)
def test_doors(app: Flask, client: FlaskClient, method: str, place: str, permission: CatalogPermission) -> None:
    path = f"{ADMIN}/1/{place}"
    others = staff_headers(app, permissions=set(CatalogPermission) - {permission})
    assert client.open(path, method=method).status_code == 401
    assert client.open(path, method=method, headers=others).status_code == 403
    mine = staff_headers(app, permissions={permission})
    assert client.open(path, method=method, json={} if method != "GET" else None, headers=mine).status_code in (
        404,
        422,
    )


def test_a_scheduled_product_appears_and_disappears(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(on_sale=False)
    path, shown = f"{ADMIN}/{made.product_id}/schedule", f"/api/v1/products/{made.product_id}"
    answer = client.put(path, json={"on_sale_at": in_hours(1), "off_sale_at": in_hours(2), "version": 1}, headers=staff)
    assert answer.status_code == 200
    assert (answer.get_json()["status"], answer.get_json()["on_sale_at"] is not None) == ("draft", True)
    for hours, status in ((0.5, 404), (1.1, 200), (1.5, 200), (2.1, 404)):
        switch_due(now=utc_now() + timedelta(hours=hours))
        assert client.get(shown).status_code == status
    done = show(client, staff, made.product_id)
    assert (done["status"], done["on_sale_at"], done["off_sale_at"]) == ("off_sale", None, None)


def test_a_schedule_that_is_refused_changes_nothing(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(on_sale=False)
    path = f"{ADMIN}/{made.product_id}/schedule"
    before = show(client, staff, made.product_id)
    for body, status, code in (
        ({"on_sale_at": in_hours(-1)}, 422, "catalog.schedule_malformed"),
        ({"off_sale_at": in_hours(1)}, 422, "catalog.schedule_malformed"),
        ({"on_sale_at": "2026-12-01T00:00:00"}, 422, "kit.invalid"),
        ({"on_sale_at": "9999-12-31T23:59:59+00:00"}, 422, "kit.invalid"),
        ({"on_sale_at": 5}, 422, "kit.invalid"),
        ({"on_sale_at": in_hours(1), "version": 99}, 409, "kit.stale_version"),
    ):
        refused = client.put(path, json={"version": 1} | body, headers=staff)
        assert (refused.status_code, refused.get_json()["code"]) == (status, code)
    assert show(client, staff, made.product_id) == before
    assert client.put(f"{ADMIN}/42/schedule", json={"version": 1}, headers=staff).status_code == 404


def test_staff_see_why_a_switch_was_not_made_and_others_are_switched(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    failing, fine = empty_draft(client, staff), make_product(on_sale=False)
    for product_id in (failing["id"], fine.product_id):
        body = {"on_sale_at": in_hours(1), "version": 1}
        assert client.put(f"{ADMIN}/{product_id}/schedule", json=body, headers=staff).status_code == 200
    switch_due(now=utc_now() + timedelta(hours=2))
    assert show(client, staff, fine.product_id)["status"] == "on_sale"
    failed = show(client, staff, failing["id"])
    assert (failed["status"], failed["on_sale_at"]) == ("draft", None)
    assert failed["schedule_error"].startswith("catalog.nothing_to_sell: ")
    items = client.get(ADMIN, headers=staff).get_json()["items"]
    assert [item["schedule_error"] != "" for item in items] == [item["id"] == failed["id"] for item in items]


def test_a_copy_is_a_draft_without_stock_and_bar_codes(client: FlaskClient, staff: dict[str, str]) -> None:
    tag = client.post("/admin/v1/tags", json={"name": "当季"}, headers=staff).get_json()["id"]
    sku = {"spec": [{"name": "规格", "value": "500g"}], "price_fen": 990, "bar_code": "A-1", "order_limit": 2}
    first = empty_draft(client, staff, brand="鲜", detail="<p>脆</p>", tag_ids=[tag], skus=[sku])
    answer = client.post(f"{ADMIN}/{first['id']}/copy", json={"code": "SECOND"}, headers=staff)
    assert answer.status_code == 201
    second = answer.get_json()
    own = {"id", "code", "skus", "created_at", "updated_at"}
    assert {k: v for k, v in second.items() if k not in own} == {k: v for k, v in first.items() if k not in own}
    (old,), (new,) = first["skus"], second["skus"]
    assert (new["code"], new["bar_code"], new["order_limit"], new["in_stock"]) == ("SECOND-1", None, 2, False)
    assert new["id"] != old["id"]
    assert show(client, staff, first["id"]) == first
    with nothing_changes():
        again = client.post(f"{ADMIN}/{first['id']}/copy", json={"code": "SECOND"}, headers=staff)
        unknown = client.post(f"{ADMIN}/42/copy", json={"code": "THIRD"}, headers=staff)
    assert (again.status_code, again.get_json()["code"], unknown.status_code) == (
        409,
        "catalog.product_code_taken",
        404,
    )


def test_a_copy_of_what_was_archived_brings_its_brand_back(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(brand="老牌", on_sale=False)
    kept = client.post(f"{ADMIN}/{made.product_id}/copy", json={"code": "KEPT"}, headers=staff).get_json()
    assert kept["brand_id"] == show(client, staff, made.product_id)["brand_id"]
    for product_id in (made.product_id, kept["id"]):
        assert client.delete(f"{ADMIN}/{product_id}?version=1", headers=staff).status_code == 204
    assert client.delete(f"/admin/v1/brands/{kept['brand_id']}?version=1", headers=staff).status_code == 204
    again = client.post(f"{ADMIN}/{made.product_id}/copy", json={"code": "AGAIN"}, headers=staff)
    assert again.status_code == 201, again.json
    assert (again.get_json()["brand"], again.get_json()["brand_id"] != kept["brand_id"]) == ("老牌", True)


def generate(client: FlaskClient, staff: dict[str, str], product: dict[str, Any], **body: Any) -> Any:
    wanted = {"price_fen": 500, "version": product["version"]} | body
    return client.post(f"{ADMIN}/{product['id']}/skus/generate", json=wanted, headers=staff)


def test_missing_combinations_are_added_and_the_others_stay(client: FlaskClient, staff: dict[str, str]) -> None:
    spec = [{"name": "尺码", "value": "S"}, {"name": "颜色", "value": "红"}]
    first = empty_draft(client, staff, skus=[{"spec": spec, "price_fen": 990, "bar_code": "A-1"}])
    made = generate(client, staff, first, specs=CHOICES).get_json()
    assert made["skus"][0] == first["skus"][0]
    assert [sku["spec_text"] for sku in made["skus"][1:]] == [
        "颜色:红;尺码:M",
        "颜色:红;尺码:L",
        "颜色:蓝;尺码:S",
        "颜色:蓝;尺码:M",
        "颜色:蓝;尺码:L",
    ]
    assert {sku["price_fen"] for sku in made["skus"][1:]} == {500}
    again = generate(client, staff, made, specs=CHOICES)
    assert (again.status_code, again.get_json()) == (200, made)


def test_combinations_of_a_template(client: FlaskClient, staff: dict[str, str]) -> None:
    product = empty_draft(client, staff)
    body = {"category_id": product["category_id"], "name": "t", "specs": CHOICES}
    template = client.post("/admin/v1/spec-templates", json=body, headers=staff).get_json()
    made = generate(client, staff, product, template_id=template["id"]).get_json()
    assert (len(made["skus"]), made["min_price_fen"], made["version"]) == (6, 500, 2)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "kit.invalid"),
        ({"specs": CHOICES, "template_id": "1"}, 422, "kit.invalid"),
        ({"template_id": "42"}, 404, "catalog.template_not_found"),
        ({"specs": CHOICES, "version": 99}, 409, "kit.stale_version"),
        ({"specs": [{"name": "材质", "values": ["棉"]}]}, 422, "catalog.spec_names_differ"),
        ({"specs": [{"name": str(n), "values": [str(v) for v in range(9)]} for n in range(3)]}, 422, "too_many_skus"),
        ({"specs": [{"name": "规格", "values": [str(v) for v in range(50)]}] * 2}, 422, "kit.invalid"),
        ({"specs": CHOICES, "price_fen": -1}, 422, "kit.invalid"),
        ({"specs": [{"name": "规格", "values": ["新"]}], "price_fen": 0}, 409, "catalog.price_missing"),
    ],
)
def test_combinations_that_are_refused_change_nothing(
    client: FlaskClient, staff: dict[str, str], body: dict[str, Any], status: int, code: str
) -> None:
    product = show(client, staff, make_product().product_id)
    with nothing_changes():
        refused = generate(client, staff, product, **body)
    assert (refused.status_code, refused.get_json()["code"].endswith(code)) == (status, True)


def reprice(made: ProductFixture, client: FlaskClient, staff: dict[str, str], *prices: int) -> None:
    detail = show(client, staff, made.product_id)
    own = ("id", "spec")
    skus = [
        {name: sku[name] for name in own} | {"price_fen": price}
        for sku, price in zip(detail["skus"], prices, strict=True)
    ]
    body = {name: detail[name] for name in ("category_id", "title", "version")} | {"skus": skus}
    assert client.put(f"{ADMIN}/{made.product_id}", json=body, headers=staff).status_code == 200


def test_the_price_history(client: FlaskClient, staff: dict[str, str]) -> None:
    made, other = make_product(skus=2), make_product()
    reprice(made, client, staff, 900, 1000)
    reprice(made, client, staff, 800, 700)
    reprice(other, client, staff, 1)
    path = f"{ADMIN}/{made.product_id}/price-changes"

    def prices(**query: Any) -> list[tuple[str, int, int]]:
        items = client.get(path, query_string=query, headers=staff).get_json()["items"]
        return [(item["sku_id"], item["old_price_fen"], item["new_price_fen"]) for item in items]

    one, two = (str(sku_id) for sku_id in made.sku_ids)
    assert sorted(prices()[:2]) == sorted([(one, 900, 800), (two, 1000, 700)])
    assert prices()[2:] == [(one, 1000, 900)]
    assert prices(sku_id=two) == [(two, 1000, 700)]
    assert prices(sku_id=other.sku_id) == []
    assert client.get(f"{ADMIN}/42/price-changes", headers=staff).status_code == 404


def test_a_combination_that_comes_back_at_another_price_is_in_the_history(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    first = empty_draft(client, staff)
    made = generate(client, staff, first, specs=CHOICES).get_json()
    kept = [{name: sku[name] for name in ("id", "spec", "price_fen")} for sku in made["skus"][1:]]
    body = {name: made[name] for name in ("category_id", "title", "version")} | {"skus": kept}
    made = client.put(f"{ADMIN}/{first['id']}", json=body, headers=staff).get_json()
    assert generate(client, staff, made, specs=CHOICES, price_fen=777).status_code == 200
    history = client.get(f"{ADMIN}/{first['id']}/price-changes", headers=staff).get_json()["items"]
    assert [(change["new_price_fen"], change["actor"][:6]) for change in history] == [(777, "staff:")]


def test_a_copy_from_an_archived_category_goes_to_another_one(client: FlaskClient, staff: dict[str, str]) -> None:
    gone, there = make_category("旧"), make_category("新")
    made = make_product(category_id=gone, on_sale=False)
    services().editing.archive(made.product_id, now=utc_now())
    services().categories.archive(gone, now=utc_now())
    path = f"{ADMIN}/{made.product_id}/copy"
    for body in ({"code": "COPY"}, {"code": "COPY", "category_id": str(gone)}, {"code": "COPY", "category_id": "42"}):
        with nothing_changes():
            refused = client.post(path, json=body, headers=staff)
        assert (refused.status_code, refused.get_json()["code"]) == (404, "catalog.category_not_found")
        assert refused.get_json()["errors"] == {"category_id": [body.get("category_id", str(gone))]}
        assert "category_id" in refused.get_json()["message"]
    copy = client.post(path, json={"code": "COPY", "category_id": str(there)}, headers=staff)
    assert (copy.status_code, copy.get_json()["category_id"]) == (201, str(there))


def test_staff_read_who_changed_a_price_without_a_further_right(app: Flask, client: FlaskClient) -> None:
    made, boss = make_product(price_fen=1000), make_staff(["catalog:edit", "catalog:read"], username="wang")
    reprice(made, client, staff_headers(app, boss), 900)
    reader = staff_headers(app, permissions={"catalog:read"})
    (change,) = client.get(f"{ADMIN}/{made.product_id}/price-changes", headers=reader).get_json()["items"]
    assert (change["actor"], change["actor_name"]) == (f"staff:{boss}", "wang")


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_of_the_price_history_do_not_grow(client: FlaskClient, staff: dict[str, str], count: int) -> None:
    made = make_product()
    for number in range(count):
        reprice(made, client, staff, 900 - number)
    with counted_statements() as statements:
        page = client.get(f"{ADMIN}/{made.product_id}/price-changes?limit=100", headers=staff).get_json()
    assert len(page["items"]) == count
    assert len([text for text in statements if "FROM cat_" in text]) == 2
    assert len([text for text in statements if "usr_staff.name" in text]) == 1


@pytest.mark.parametrize("archived", [False, True])
def test_what_was_on_the_shelf_and_never_sold_may_go_for_good(
    app: Flask, client: FlaskClient, staff: dict[str, str], archived: bool
) -> None:
    made, kept = make_product(code="SHELF", stock=0), make_product(code="KEPT", stock=0)
    customer_id = make_customer()
    for product_id in (made.product_id, kept.product_id):
        services().favourites.add(customer_id=customer_id, product_id=product_id, now=utc_now())
    path = f"{ADMIN}/{made.product_id}?erase=true&version="
    with nothing_changes():
        refused = client.delete(f"{path}{product_version(made.product_id)}", headers=staff)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.ever_sold")
    services().selling.take_off_sale(made.product_id, now=utc_now())
    if archived:
        services().editing.archive(made.product_id, now=utc_now())
    assert client.delete(f"{path}{product_version(made.product_id)}", headers=staff).status_code == 204
    assert client.get(f"{ADMIN}/{made.product_id}", headers=staff).status_code == 404
    favourites = services().favourites
    shown = favourites.page(PageRequest(), customer_id=customer_id).items
    assert [item["id"] for item in shown] == [str(kept.product_id)]
    assert favourites.favourites.count(customer_id) == 1


def test_a_draft_nobody_ever_saw_may_go_for_good(client: FlaskClient, staff: dict[str, str]) -> None:
    make_category()
    with nothing_changes(but={"cat_category", "kit_outbox"}):
        made = make_product(code="GONE", on_sale=False, stock=0)
        reprice(made, client, staff, 7)
        path = f"{ADMIN}/{made.product_id}?erase=true"
        assert client.delete(f"{path}&version=99", headers=staff).status_code == 409
        assert client.delete(path, headers=staff).status_code == 422
        assert client.delete(f"{path}&version=2", headers=staff).status_code == 204
        assert client.delete(f"{path}&version=2", headers=staff).status_code == 404
    make_product(code="GONE", on_sale=False, stock=0)


@pytest.mark.parametrize("life", ["received", "sold"])
def test_what_was_ever_sold_or_moved_is_not_erased(client: FlaskClient, staff: dict[str, str], life: str) -> None:
    made = make_product(on_sale=life == "sold", stock=1 if life == "received" else 0)
    if life == "sold":
        services().selling.count({made.product_id: 1})
        services().selling.take_off_sale(made.product_id, now=utc_now())
    with nothing_changes():
        seen = product_version(made.product_id)
        refused = client.delete(f"{ADMIN}/{made.product_id}?erase=true&version={seen}", headers=staff)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.ever_sold")
