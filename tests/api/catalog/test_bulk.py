"""Many products at once: all or none, every reason by product, and statements that do not grow with reading."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.permission import CatalogPermission
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from tests.factories.catalog import ProductFixture, make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.user import staff_headers
from tests.support.unchanged import nothing_changes

BULK = "/admin/v1/products/bulk"
CHEAPER = {"kind": "percent", "value": -1000}
DOORS = [
    ("on-sale", CatalogPermission.SELL),
    ("off-sale", CatalogPermission.SELL),
    ("category", CatalogPermission.EDIT),
    ("price", CatalogPermission.PRICE),
    ("price/preview", CatalogPermission.PRICE),
]


def picks(*products: ProductFixture | int, version: int | None = None) -> dict[str, Any]:
    ids = [one if isinstance(one, int) else one.product_id for one in products]
    seen = {} if version is None else {"version": version}
    return {"products": [{"id": str(product_id)} | seen for product_id in ids]}


def post(client: FlaskClient, staff: dict[str, str], place: str, body: Any, key: str = "bulk-key-1") -> Any:
    return client.post(f"{BULK}/{place}", json=body, headers=staff | {"Idempotency-Key": key})


def status_of(product: ProductFixture) -> str:
    return str(services().query.product(product.product_id)["status"])


def price_of(product: ProductFixture) -> list[int]:
    return [sku.price_fen for sku in services().query.product(product.product_id)["skus"]]


@pytest.mark.parametrize(("place", "permission"), DOORS)
def test_doors(app: Flask, client: FlaskClient, place: str, permission: CatalogPermission) -> None:
    others = staff_headers(app, permissions=set(CatalogPermission) - {permission})
    assert post(client, {}, place, {}).status_code == 401
    assert post(client, others, place, {}).status_code == 403
    assert post(client, staff_headers(app, permissions={permission}), place, {}).status_code == 422


def test_on_and_off_sale(client: FlaskClient, staff: dict[str, str]) -> None:
    made = [make_product(on_sale=False) for _ in range(3)]
    answer = post(client, staff, "on-sale", picks(*made[::-1], version=1))
    assert answer.status_code == 200
    assert answer.get_json()["items"] == [
        {"product_id": str(one.product_id), "version": 2, "status": "on_sale"} for one in made[::-1]
    ]
    assert post(client, staff, "off-sale", picks(*made, version=2)).status_code == 200
    assert [status_of(one) for one in made] == ["off_sale"] * 3


def test_one_that_refuses_stops_all_and_every_reason_is_named(client: FlaskClient, staff: dict[str, str]) -> None:
    fine, on_sale = make_product(on_sale=False), make_product()
    free, stale = make_product(on_sale=False, price_fen=0), make_product(on_sale=False)
    body = picks(fine, on_sale, free, 42)
    body["products"].append({"id": str(stale.product_id), "version": 9})
    with nothing_changes():
        refused = post(client, staff, "on-sale", body)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "catalog.bulk_refused")
    errors = refused.get_json()["errors"]
    assert {key: one["code"] for key, one in errors.items()} == {
        str(on_sale.product_id): "catalog.not_allowed_now",
        str(free.product_id): "catalog.price_missing",
        "42": "catalog.product_not_found",
        str(stale.product_id): "catalog.stale_version",
    }
    assert errors[str(stale.product_id)]["errors"] == {"version": {"sent": 9, "current": 1}}
    assert "版本 9" in errors[str(stale.product_id)]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"products": []},
        {"products": [{"id": "1"}, {"id": "1"}]},
        {"products": [{"id": 1}]},
        {"products": [{"id": "1", "version": 0}]},
        {"products": "1"},
        {"products": [{"id": str(number)} for number in range(1, 202)]},
    ],
)
def test_what_names_no_products_is_refused(client: FlaskClient, staff: dict[str, str], body: Any) -> None:
    assert post(client, staff, "on-sale", body).status_code == 422


def test_moved_to_another_category(client: FlaskClient, staff: dict[str, str]) -> None:
    category_id = make_category()
    made = [make_product(), make_product(on_sale=False)]
    answer = post(client, staff, "category", picks(*made) | {"category_id": str(category_id)})
    assert answer.status_code == 200
    assert [services().query.product(one.product_id)["category_id"] for one in made] == [category_id] * 2
    shown = client.get(f"/api/v1/products?category_id={category_id}").get_json()["items"]
    assert [item["id"] for item in shown] == [str(made[0].product_id)]
    services().editing.archive(made[1].product_id, now=utc_now())
    with nothing_changes():
        refused = post(client, staff, "category", picks(*made) | {"category_id": str(make_category_id())})
        unknown = post(client, staff, "category", picks(made[0]) | {"category_id": "42"})
    assert refused.get_json()["errors"].keys() == {str(made[1].product_id)}
    assert (refused.status_code, unknown.status_code) == (409, 404)


def make_category_id() -> int:
    """Of a category that is there already."""
    return int(services().query.categories()[0]["id"])


def test_a_price_change_is_previewed_made_and_remembered(client: FlaskClient, staff: dict[str, str]) -> None:
    one, two = make_product(price_fen=995, skus=2), make_product(price_fen=1290, on_sale=False)
    body = picks(one, two, version=2) | {"rule": CHEAPER | {"rounding": "jiao"}, "reason": "双十一"}
    body["products"][1]["version"] = 1
    with nothing_changes():
        preview = post(client, staff, "price/preview", body)
    assert preview.status_code == 200
    shown = [
        [(sku["sku_id"], sku["old_price_fen"], sku["new_price_fen"]) for sku in item["prices"]]
        for item in preview.get_json()["items"]
    ]
    assert shown == [
        [(str(sku_id), 995, 900) for sku_id in one.sku_ids],
        [(str(two.sku_id), 1290, 1160)],
    ]
    done = post(client, staff, "price", body)
    assert [item["prices"] for item in done.get_json()["items"]] == [
        item["prices"] for item in preview.get_json()["items"]
    ]
    assert (price_of(one), price_of(two)) == ([900, 900], [1160])
    assert services().query.product(one.product_id)["min_price_fen"] == 900
    history = client.get(f"/admin/v1/products/{one.product_id}/price-changes", headers=staff).get_json()["items"]
    assert [(item["old_price_fen"], item["new_price_fen"], item["reason"]) for item in history] == [
        (995, 900, "双十一")
    ] * 2
    assert {item["actor"].partition(":")[0] for item in history} == {"staff"}


def test_sent_twice_a_price_is_changed_once(client: FlaskClient, staff: dict[str, str]) -> None:
    made = make_product(price_fen=1000)
    body = picks(made) | {"rule": CHEAPER}
    first, again = (post(client, staff, "price", body, key="same-key-1") for _ in range(2))
    assert first.get_json() == again.get_json()
    assert price_of(made) == [900]
    post(client, staff, "price", body, key="other-key-1")
    assert price_of(made) == [810]
    assert client.post(f"{BULK}/price", json=body, headers=staff).status_code == 422
    assert price_of(made) == [810]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"kind": "amount", "value": -1001}, "catalog.price_out_of_range"),
        ({"kind": "amount", "value": -1000}, "catalog.price_missing"),
        ({"kind": "amount", "value": 10_000_000_000}, "catalog.price_out_of_range"),
        ({"kind": "set", "value": 0}, "catalog.price_missing"),
        ({"kind": "percent", "value": -9999, "rounding": "yuan"}, "catalog.price_missing"),
    ],
)
@pytest.mark.parametrize("place", ["price", "price/preview"])
def test_prices_that_cannot_be_change_nothing(
    client: FlaskClient, staff: dict[str, str], place: str, rule: dict[str, Any], code: str
) -> None:
    dear, made = make_product(price_fen=5000_00, on_sale=False), make_product(price_fen=1000)
    with nothing_changes():
        refused = post(client, staff, place, picks(dear, made) | {"rule": rule})
    assert refused.status_code == 409
    assert refused.get_json()["errors"][str(made.product_id)]["code"] == code


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "set", "value": -1},
        {"kind": "percent", "value": -10_001},
        {"kind": "percent", "value": 100_001},
        {"kind": "percent", "value": 1.5},
        {"kind": "set", "value": 10**30},
        {"kind": "nine", "value": 1},
        {"kind": "percent", "value": 1, "rounding": "li"},
        {"value": 1},
    ],
)
def test_rules_that_are_none_are_refused(client: FlaskClient, staff: dict[str, str], rule: Any) -> None:
    made = make_product()
    assert post(client, staff, "price", picks(made) | {"rule": rule}).status_code == 422
    assert price_of(made) == [1000]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_reading_takes_the_same_statements_however_many(client: FlaskClient, staff: dict[str, str], count: int) -> None:
    made = [make_product(on_sale=False) for _ in range(count)]

    def reads(place: str, **body: Any) -> tuple[int, int]:
        with counted_statements() as statements:
            assert post(client, staff, place, picks(*made) | body).status_code == 200
        selects = [text for text in statements if text.lstrip().upper().startswith("SELECT") and " cat_" in text]
        return len(selects), len([text for text in statements if text.startswith("UPDATE cat_product")])

    # Two are about versions: what the sender has seen, and what is submitted to approval.
    assert reads("on-sale") == (4, count)
    assert reads("price/preview", rule=CHEAPER) == (2, 0)
    assert reads("price", rule=CHEAPER) == (4, count)
    assert reads("category", category_id=str(make_category())) == (5, count)
