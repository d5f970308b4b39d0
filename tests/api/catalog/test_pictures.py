"""Uploaded pictures in the catalogue: staff send references and see both, customers see addresses, media knows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog import facade as catalog
from backend.media import facade as media
from kit.storage.port import new_key
from tests.factories.media import counted_right, storage, upload, uses_of
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers

PRODUCTS, CATEGORIES = "/admin/v1/products", "/admin/v1/categories"
ELSEWHERE = "https://img.example.com/a.jpg"


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage(), "folder", tmp_path / "media")


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    return staff_headers(app)


@pytest.fixture
def pictures(app: Flask) -> list[str]:
    """References of four uploaded pictures."""
    return [f"media:{upload().key}" for _ in range(4)]


def body(category_id: str, pictures: list[str], **over: Any) -> dict[str, Any]:
    main, first, second, of_sku = pictures
    sku = {"spec": [{"name": "规格", "value": "500g"}], "price_fen": 990, "image_url": of_sku}
    said = {"category_id": category_id, "title": "苹果", "image_url": main, "gallery": [first, ELSEWHERE, second]}
    return said | {"skus": [sku]} | over


def category(client: FlaskClient, staff: dict[str, str], image_url: str = "") -> str:
    answer: Any = client.post(CATEGORIES, json={"name": "水果", "image_url": image_url}, headers=staff).json
    return str(answer["id"])


def created(client: FlaskClient, staff: dict[str, str], pictures: list[str]) -> dict[str, Any]:
    said = body(category(client, staff), pictures) | {"code": "APPLE"}
    answer = client.post(PRODUCTS, json=said, headers=staff)
    assert answer.status_code == 201, answer.json
    return dict(answer.json or {})


def edit(said: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What was said, as an edit of what was made."""
    return said | {"version": made["version"], "skus": [said["skus"][0] | {"id": made["skus"][0]["id"]}]}


def keys(*references: str) -> set[str]:
    return {reference.removeprefix("media:") for reference in references}


def test_staff_see_what_is_stored_and_where_it_is_shown(
    client: FlaskClient, staff: dict[str, str], pictures: list[str]
) -> None:
    made = created(client, staff, pictures)
    assert (made["image_url"], made["image_src"]) == (pictures[0], media.url(pictures[0]))
    assert made["gallery"] == [pictures[1], ELSEWHERE, pictures[2]]
    assert made["gallery_src"] == [media.url(pictures[1]), ELSEWHERE, media.url(pictures[2])]
    assert (made["skus"][0]["image_url"], made["skus"][0]["image_src"]) == (pictures[3], media.url(pictures[3]))
    listed: Any = client.get(PRODUCTS, headers=staff).json
    assert listed["items"][0]["image_src"] == media.url(pictures[0])
    assert uses_of(f"product:{made['id']}") == keys(*pictures)


def test_what_staff_see_can_be_sent_back(client: FlaskClient, staff: dict[str, str], pictures: list[str]) -> None:
    made = created(client, staff, pictures)
    sku = {"id": made["skus"][0]["id"]} | {name: made["skus"][0][name] for name in ("spec", "price_fen", "image_url")}
    back = {name: made[name] for name in ("category_id", "title", "image_url", "gallery", "version")} | {"skus": [sku]}
    answer: Any = client.put(f"{PRODUCTS}/{made['id']}", json=back, headers=staff).json
    assert (answer["image_url"], answer["version"]) == (pictures[0], made["version"])
    assert uses_of(f"product:{made['id']}") == keys(*pictures)


def test_customers_see_addresses(client: FlaskClient, staff: dict[str, str], pictures: list[str]) -> None:
    made = created(client, staff, pictures)
    client.post(f"{PRODUCTS}/{made['id']}/on-sale?version=1", headers=staff)
    listed: Any = client.get("/api/v1/products").json
    assert listed["items"][0]["image_url"] == media.url(pictures[0], variant="w400")
    shown: Any = client.get(f"/api/v1/products/{made['id']}").json
    assert shown["image_url"] == media.url(pictures[0])
    assert shown["gallery"] == [media.url(pictures[1]), ELSEWHERE, media.url(pictures[2])]
    assert shown["skus"][0]["image_url"] == media.url(pictures[3])
    sku_id = int(made["skus"][0]["id"])
    assert catalog.sellable(sku_ids=[sku_id])[sku_id].image_url == pictures[3]


def test_the_detail_shows_addresses_to_customers(
    client: FlaskClient, staff: dict[str, str], pictures: list[str]
) -> None:
    detail = f'<p>当季</p><img src="{pictures[0]}" alt="苹果"><img src="{ELSEWHERE}">'
    said = body(category(client, staff), pictures) | {"code": "APPLE", "detail": detail}
    made: Any = client.post(PRODUCTS, json=said, headers=staff).json
    assert made["detail"] == detail
    client.post(f"{PRODUCTS}/{made['id']}/on-sale?version=1", headers=staff)
    shown = client.get(f"/api/v1/products/{made['id']}").get_json()
    assert shown["detail"] == detail.replace(pictures[0], media.url(pictures[0]))


def test_what_customers_keep_shows_the_picture_of_the_list(
    app: Flask, client: FlaskClient, staff: dict[str, str], pictures: list[str]
) -> None:
    made = created(client, staff, pictures)
    client.post(f"{PRODUCTS}/{made['id']}/on-sale?version=1", headers=staff)
    me = member_headers(app, make_customer())
    for path in ("/api/v1/favourites", "/api/v1/viewed-products"):
        client.put(f"{path}/{made['id']}", headers=me)
        kept = client.get(path, headers=me).get_json()["items"]
        assert [one["image_url"] for one in kept] == [media.url(pictures[0], variant="w400")]


def test_a_picture_that_is_not_there_is_refused_and_nothing_changes(
    client: FlaskClient, staff: dict[str, str], pictures: list[str]
) -> None:
    made = created(client, staff, pictures)
    missing = f"media:{new_key('png')}"
    wrong = body(made["category_id"], [missing, *pictures[1:]])
    answer = client.put(f"{PRODUCTS}/{made['id']}", json=edit(wrong, made), headers=staff)
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["code"], answer.json["errors"]) == ("media.unknown", {"media": [*keys(missing)]})
    new = client.post(PRODUCTS, json=wrong | {"code": "PEAR"}, headers=staff)
    assert (new.status_code, (new.json or {})["code"]) == (422, "media.unknown")
    after: Any = client.get(f"{PRODUCTS}/{made['id']}", headers=staff).json
    assert after == made
    assert len((client.get(PRODUCTS, headers=staff).json or {})["items"]) == 1
    assert uses_of(f"product:{made['id']}") == keys(*pictures)
    assert counted_right()


def test_what_is_no_longer_shown_is_given_back(client: FlaskClient, staff: dict[str, str], pictures: list[str]) -> None:
    made = created(client, staff, pictures)
    # An address of the shop's own counts like its reference.
    said = body(made["category_id"], [pictures[0], media.url(pictures[1]), ELSEWHERE, ELSEWHERE])
    answer = client.put(f"{PRODUCTS}/{made['id']}", json=edit(said, made), headers=staff)
    assert answer.status_code == 200, answer.json
    assert uses_of(f"product:{made['id']}") == keys(*pictures[:2])
    assert counted_right()


def test_a_category_shows_a_picture_and_lets_it_go(
    client: FlaskClient, staff: dict[str, str], pictures: list[str]
) -> None:
    category_id = category(client, staff, pictures[0])
    tree: Any = client.get(CATEGORIES, headers=staff).json
    assert (tree["items"][0]["image_url"], tree["items"][0]["image_src"]) == (pictures[0], media.url(pictures[0]))
    shown: Any = client.get("/api/v1/categories").json
    assert shown["items"][0]["image_url"] == media.url(pictures[0], variant="w400")
    assert uses_of(f"category:{category_id}") == keys(pictures[0])
    assert (
        client.put(f"{CATEGORIES}/{category_id}", json={"name": "水果", "version": 1}, headers=staff).status_code == 204
    )
    assert uses_of(f"category:{category_id}") == set()
    unknown = {"name": "水果", "image_url": f"media:{new_key('jpg')}", "version": 2}
    gone = client.put(f"{CATEGORIES}/{category_id}", json=unknown, headers=staff)
    assert (gone.status_code, (gone.json or {})["code"]) == (422, "media.unknown")


@pytest.mark.parametrize("wrong", ["media:x.jpg", f"media:{'a' * 32}.mp4", "media:../../etc/passwd", "file:///etc"])
def test_what_cannot_be_a_picture_is_refused_at_the_door(
    client: FlaskClient, staff: dict[str, str], wrong: str
) -> None:
    answer = client.post(CATEGORIES, json={"name": "水果", "image_url": wrong}, headers=staff)
    assert answer.status_code == 422
    assert "image_url" in (answer.json or {})["errors"]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_more_pictures_cost_no_more_statements(client: FlaskClient, staff: dict[str, str], count: int) -> None:
    gallery = [f"media:{upload().key}" for _ in range(count)]
    said = body(category(client, staff), [ELSEWHERE] * 4) | {"code": "APPLE", "gallery": gallery}
    with counted_statements() as statements:
        assert client.post(PRODUCTS, json=said, headers=staff).status_code == 201
    assert len([text for text in statements if "med_" in text]) == 4


def test_logos_and_the_home_page_use_what_they_show(
    client: FlaskClient, staff: dict[str, str], pictures: list[str]
) -> None:
    logo, banner, other, _ = pictures
    brand: Any = client.post("/admin/v1/brands", json={"name": "鲜", "logo": logo}, headers=staff).json
    assert (brand["logo"], brand["logo_src"]) == (logo, media.url(logo))
    said = {"section": "banners", "target": "none", "image": banner}
    slots, once = "/admin/v1/home/slots", staff | {"Idempotency-Key": "banner-key-1"}
    slot: Any = client.post(slots, json=said, headers=once).json
    assert [one["image_url"] for one in client.get("/api/v1/home").get_json()["banners"]] == [media.url(banner)]
    assert uses_of(f"brand:{brand['id']}") == keys(logo)
    assert uses_of(f"home_slot:{slot['id']}") == keys(banner)
    changed = client.put(f"{slots}/{slot['id']}", json=said | {"image": other, "version": 1}, headers=staff)
    assert changed.status_code == 200
    assert uses_of(f"home_slot:{slot['id']}") == keys(other)
    nobodys = f"media:{new_key('jpg')}"
    refused = client.post("/admin/v1/brands", json={"name": "无", "logo": nobodys}, headers=staff)
    assert refused.status_code == 422
    client.delete(f"{slots}/{slot['id']}?version=2", headers=staff)
    assert uses_of(f"home_slot:{slot['id']}") == set()


def test_an_erased_product_uses_nothing(client: FlaskClient, staff: dict[str, str], pictures: list[str]) -> None:
    made = created(client, staff, pictures)
    assert uses_of(f"product:{made['id']}") == keys(*pictures)
    assert client.delete(f"{PRODUCTS}/{made['id']}?erase=true&version=1", headers=staff).status_code == 204
    assert uses_of(f"product:{made['id']}") == set()
