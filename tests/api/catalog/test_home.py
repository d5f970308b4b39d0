"""The first screen: arranged by staff, served from hot bytes, without what is gone."""

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
from tests.factories.catalog import make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.user import staff_headers
from tests.support.unchanged import nothing_changes

SLOTS = "/admin/v1/home/slots"
PICTURE = "https://img.example.com/1212.jpg"
BANNER = {"section": "banners", "image": PICTURE, "target": "none"}
_keys = iter(range(10**6))


def send(client: FlaskClient, staff: dict[str, str], **body: Any) -> Any:
    return client.post(SLOTS, json=body, headers=staff | {"Idempotency-Key": f"slot-key-{next(_keys)}"})


def add(client: FlaskClient, staff: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = send(client, staff, **body)
    assert answer.status_code == 201, answer.get_json()
    return dict(answer.get_json())


def product_slot(client: FlaskClient, staff: dict[str, str], product_id: int, section: str = "hot", **over: Any) -> Any:
    return add(client, staff, section=section, target="product", target_id=str(product_id), **over)


def home(client: FlaskClient) -> dict[str, Any]:
    return dict(client.get("/api/v1/home").get_json())


def ids(items: list[dict[str, Any]]) -> list[int]:
    return [int(item["id"]) for item in items]


def listed(client: FlaskClient, staff: dict[str, str], section: str) -> list[dict[str, Any]]:
    return list(client.get(f"{SLOTS}?section={section}", headers=staff).get_json()["items"])


def test_doors(app: Flask, client: FlaskClient) -> None:
    for method, path in (
        ("GET", SLOTS),
        ("POST", SLOTS),
        ("PUT", f"{SLOTS}/1"),
        ("DELETE", f"{SLOTS}/1"),
        ("PUT", "/admin/v1/home/order"),
    ):
        needed = CatalogPermission.READ if method == "GET" else CatalogPermission.ARRANGE
        others = staff_headers(app, permissions=set(CatalogPermission) - {needed})
        assert client.open(path, method=method).status_code == 401
        assert client.open(path, method=method, headers=others).status_code == 403
        mine = staff_headers(app, permissions={needed})
        body = None if method in ("GET", "DELETE") else {}
        assert client.open(path, method=method, json=body, headers=mine).status_code == 422


def test_where_nothing_is_arranged_it_falls_back(client: FlaskClient) -> None:
    category_id = make_category()
    plain, weighed = (make_product(category_id=category_id, sort_weight=weight) for weight in (0, 5))
    newest = make_product(category_id=category_id)
    made = [newest.product_id, weighed.product_id, plain.product_id]
    page = home(client)
    assert page["banners"] == []
    assert ids(page["categories"]) == [category_id]
    assert (ids(page["newest"]), ids(page["hot"])) == (made, made)
    assert ids(page["recommended"]) == [weighed.product_id, newest.product_id, plain.product_id]


def test_it_is_shown_as_arranged_at_once(client: FlaskClient, staff: dict[str, str]) -> None:
    one, two, _ = make_product(), make_product(), make_product()
    root = make_category("生鲜")
    child = make_category("水果", parent_id=root)
    etag = client.get("/api/v1/home").headers["ETag"]
    assert client.get("/api/v1/home", headers={"If-None-Match": etag}).status_code == 304
    add(client, staff, **BANNER | {"position": 2, "target": "page", "page": "pages/sale?id=1", "title": "双十二"})
    add(client, staff, **BANNER | {"position": 1, "target": "category", "target_id": str(child)})
    add(client, staff, section="categories", target="category", target_id=str(child))
    for section in ("hot", "newest", "recommended"):
        product_slot(client, staff, two.product_id, section, position=1)
        product_slot(client, staff, one.product_id, section, position=2)
        product_slot(client, staff, two.product_id, section, position=3)
    answer = client.get("/api/v1/home", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    page = answer.get_json()
    assert page["banners"] == [
        {"title": "", "image_url": PICTURE, "target": "category", "target_id": str(child), "page": ""},
        {"title": "双十二", "image_url": PICTURE, "target": "page", "target_id": None, "page": "pages/sale?id=1"},
    ]
    assert ids(page["categories"]) == [child]
    for section in ("hot", "newest", "recommended"):
        assert ids(page[section]) == [two.product_id, one.product_id]


def test_what_is_gone_is_skipped_and_an_empty_section_falls_back(client: FlaskClient, staff: dict[str, str]) -> None:
    gone, there = make_product(), make_product()
    category_id = make_category("藏")
    for product in (gone, there):
        product_slot(client, staff, product.product_id)
        add(client, staff, **BANNER | {"target": "product", "target_id": str(product.product_id)})
    product_slot(client, staff, gone.product_id, "newest")
    add(client, staff, **BANNER | {"target": "category", "target_id": str(category_id)})
    services().selling.take_off_sale(gone.product_id, now=utc_now())
    client.put(f"/admin/v1/categories/{category_id}", json={"name": "藏", "shown": False, "version": 1}, headers=staff)
    page = home(client)
    assert ids(page["hot"]) == ids(page["newest"]) == [there.product_id]
    assert [banner["target_id"] for banner in page["banners"]] == [str(there.product_id)]
    assert len(listed(client, staff, "banners")) == 3


def test_products_of_hidden_categories_are_not_offered_but_may_be_arranged(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    hidden = make_category("藏", shown=False)
    below = make_product(category_id=make_category("下", parent_id=hidden))
    shown = make_product()
    page = home(client)
    assert ids(page["newest"]) == ids(page["hot"]) == ids(page["recommended"]) == [shown.product_id]
    product_slot(client, staff, below.product_id)
    assert ids(home(client)["hot"]) == [below.product_id]


def test_a_slot_comes_and_goes_by_itself(client: FlaskClient, staff: dict[str, str], app: Flask) -> None:
    now = utc_now()
    moments = {
        "shown_from": (now + timedelta(hours=1)).isoformat(),
        "shown_until": (now + timedelta(hours=2)).isoformat(),
    }
    slot = add(client, staff, **BANNER | moments)
    for hours, shown in ((0, 0), (1.5, 1), (3, 0)):
        at = now + timedelta(hours=hours)
        switch_due(now=at)
        with app.app_context():
            page = services().storefront._read_home(at)
        assert len(page["banners"]) == shown
    assert listed(client, staff, "banners") == [slot]


def test_a_slot_that_comes_by_itself_is_seen_before_hot_bytes_grow_old(
    client: FlaskClient, staff: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = utc_now() + timedelta(hours=1)
    add(client, staff, **BANNER | {"shown_from": soon.isoformat()})
    assert home(client)["banners"] == []
    monkeypatch.setattr("backend.catalog.api.shop.utc_now", lambda: soon + timedelta(seconds=1))
    assert home(client)["banners"] == []  # hot
    switch_due(now=soon + timedelta(seconds=1))
    assert len(home(client)["banners"]) == 1


def test_changed_ordered_and_removed(client: FlaskClient, staff: dict[str, str]) -> None:
    one, two, three = (add(client, staff, **BANNER | {"title": title, "position": 9}) for title in "一二三")
    path = f"{SLOTS}/{one['id']}"
    changed = client.put(path, json=BANNER | {"title": "新", "version": 1}, headers=staff).get_json()
    assert (changed["title"], changed["position"], changed["version"]) == ("新", 0, 2)
    both = {"version": {"sent": 1, "current": 2}}
    with nothing_changes():
        stale = client.put(path, json=BANNER | {"version": 1}, headers=staff)
        late = client.delete(f"{path}?version=1", headers=staff)
    assert (stale.status_code, stale.get_json()["errors"], late.status_code) == (409, both, 409)
    order = [three["id"], one["id"], two["id"]]
    body = {"section": "banners", "slot_ids": order, "version": section_version(client, staff)}
    ordered = client.put("/admin/v1/home/order", json=body, headers=staff)
    slots = listed(client, staff, "banners")
    body["version"] = section_version(client, staff)
    assert (ordered.status_code, ordered.get_json()) == (200, {"section": "banners", "version": body["version"]})
    assert [slot["id"] for slot in slots] == order
    for wrong in (order[:2], [*order, "42"], [*order[:2], order[0]], []):
        with nothing_changes():
            refused = client.put("/admin/v1/home/order", json=body | {"slot_ids": wrong}, headers=staff)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "catalog.home_slot_malformed")
    assert client.delete(f"{path}?version={slots[1]['version']}", headers=staff).status_code == 204
    assert [banner["title"] for banner in home(client)["banners"]] == ["三", "二"]


def test_an_archived_product_is_not_arranged(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(on_sale=False)
    services().editing.archive(made.product_id, now=utc_now())
    slot = {"section": "hot", "target": "product", "target_id": str(made.product_id)}
    with nothing_changes():
        refused = send(client, staff, **slot)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.product_archived")
    assert refused.get_json()["errors"] == {"target_id": [str(made.product_id)]}


def section_version(client: FlaskClient, staff: dict[str, str], section: str = "banners") -> int:
    """As staff read it with the list."""
    return int(client.get(f"{SLOTS}?section={section}", headers=staff).get_json()["version"])


def test_every_change_of_a_section_makes_an_order_stale(client: FlaskClient, staff: dict[str, str]) -> None:
    product = make_product()
    seen = section_version(client, staff)
    one, two = (add(client, staff, **BANNER) for _ in range(2))
    link = {"target": "product", "target_id": str(product.product_id)}
    changes: list[Any] = [
        lambda: client.put(f"{SLOTS}/{one['id']}", json=BANNER | {"title": "新", "version": 1}, headers=staff),
        lambda: client.delete(f"{SLOTS}/{two['id']}?version=1", headers=staff),
        lambda: send(client, staff, **BANNER | link),
        lambda: client.put(f"{SLOTS}/{one['id']}", json=link | {"section": "hot", "version": 2}, headers=staff),
    ]
    assert section_version(client, staff) == seen + 2
    hot = section_version(client, staff, "hot")
    for change in changes:
        before = section_version(client, staff)
        assert change().status_code in (200, 201, 204)
        assert section_version(client, staff) == before + 1
        ids_now = [slot["id"] for slot in listed(client, staff, "banners")]
        body = {"section": "banners", "slot_ids": ids_now, "version": before}
        with nothing_changes():
            stale = client.put("/admin/v1/home/order", json=body, headers=staff)
        both = {"version": {"sent": before, "current": before + 1}}
        assert (stale.status_code, stale.get_json()["errors"]) == (409, both)
    assert section_version(client, staff, "hot") == hot + 1  # the place has come from the banners


@pytest.mark.parametrize("version", [None, 0, -1, 2**31, "3", 1.5, True])
def test_an_order_without_a_version_is_refused(client: FlaskClient, staff: dict[str, str], version: Any) -> None:
    body = {"section": "banners", "slot_ids": [], "version": version}
    with nothing_changes():
        refused = client.put("/admin/v1/home/order", json=body, headers=staff)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["version"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"image": ""}, 422, "catalog.home_slot_malformed"),
        ({"image": "javascript:alert(1)"}, 422, "kit.invalid"),
        ({"target": "product"}, 422, "catalog.home_slot_malformed"),
        ({"target": "product", "target_id": "42"}, 404, "catalog.product_not_found"),
        ({"target": "category", "target_id": "42"}, 404, "catalog.category_not_found"),
        ({"target": "page"}, 422, "catalog.home_slot_malformed"),
        ({"target": "page", "page": "a b"}, 422, "kit.invalid"),
        ({"target": "none", "page": "pages/x"}, 422, "catalog.home_slot_malformed"),
        ({"section": "hot"}, 422, "catalog.home_slot_malformed"),
        ({"section": "nowhere"}, 422, "kit.invalid"),
        ({"position": 2**31}, 422, "kit.invalid"),
        ({"shown_from": "2026-12-02T00:00:00Z", "shown_until": "2026-12-01T00:00:00Z"}, 422, "home_slot_malformed"),
        ({"shown_from": "2026-12-02"}, 422, "kit.invalid"),
        ({"title": "\x00"}, 422, "kit.invalid"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    client: FlaskClient, staff: dict[str, str], body: dict[str, Any], status: int, code: str
) -> None:
    with nothing_changes():
        refused = send(client, staff, **BANNER | body)
    assert (refused.status_code, refused.get_json()["code"].endswith(code)) == (status, True)


def test_a_section_is_bounded(client: FlaskClient, staff: dict[str, str]) -> None:
    for _ in range(50):
        add(client, staff, **BANNER)
    with nothing_changes():
        refused = send(client, staff, **BANNER)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.too_many_home_slots")


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(client: FlaskClient, staff: dict[str, str], count: int) -> None:
    for _ in range(count):
        made = make_product()
        product_slot(client, staff, made.product_id)
        add(client, staff, section="categories", target="category", target_id=str(make_category()))
    with counted_statements() as statements:
        page = home(client)
    assert (len(page["hot"]), len(page["categories"])) == (count, count)
    assert len([text for text in statements if " cat_" in text]) == 5
    with counted_statements() as statements:
        assert len(listed(client, staff, "hot")) == count
    assert len([text for text in statements if " cat_" in text]) == 2
