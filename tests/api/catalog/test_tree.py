"""Categories that are hidden, and versions of the tree."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.factories.catalog import make_category, make_product
from tests.factories.versions import category_version


def put(client: FlaskClient, staff: dict[str, str], category_id: int, **body: Any) -> Any:
    return client.put(
        f"/admin/v1/categories/{category_id}", json={"version": category_version(category_id)} | body, headers=staff
    )


def shown(client: FlaskClient) -> list[str]:
    names: list[str] = []

    def walk(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            names.append(node["name"])
            walk(node["children"])

    walk(client.get("/api/v1/categories").get_json()["items"])
    return names


def test_a_hidden_category_takes_all_below_it_out_of_sight(client: FlaskClient, staff: dict[str, str]) -> None:
    root = make_category("生鲜")
    middle = make_category("水果", parent_id=root)
    leaf = make_category("苹果", parent_id=middle)
    make_category("居家")
    made = make_product(category_id=leaf)
    assert shown(client) == ["生鲜", "水果", "苹果", "居家"]
    assert put(client, staff, middle, name="水果", parent_id=str(root), shown=False).status_code == 204
    assert shown(client) == ["生鲜", "居家"]
    assert put(client, staff, root, name="生鲜", shown=False).status_code == 204
    assert shown(client) == ["居家"]
    assert [item["name"] for item in client.get("/api/v1/home").get_json()["categories"]] == ["居家"]
    assert client.get(f"/api/v1/products/{made.product_id}").status_code == 200
    assert put(client, staff, root, name="生鲜", shown=True).status_code == 204
    assert shown(client) == ["生鲜", "居家"]


def test_what_an_edit_does_not_say_about_showing_stays(client: FlaskClient, staff: dict[str, str]) -> None:
    root = make_category("生鲜", shown=False)
    assert put(client, staff, root, name="鲜").status_code == 204
    assert shown(client) == []
    (node,) = client.get("/admin/v1/categories", headers=staff).get_json()["items"]
    assert (node["name"], node["shown"], node["version"]) == ("鲜", False, 2)


def test_a_stale_version_of_a_category_is_409_and_names_both(client: FlaskClient, staff: dict[str, str]) -> None:
    root = make_category("生鲜")
    assert put(client, staff, root, name="鲜", version=1).status_code == 204
    before = client.get("/admin/v1/categories", headers=staff).get_json()
    for refused in (
        put(client, staff, root, name="旧", version=1),
        client.delete(f"/admin/v1/categories/{root}?version=1", headers=staff),
    ):
        assert (refused.status_code, refused.get_json()["code"]) == (409, "kit.stale_version")
        assert refused.get_json()["errors"] == {"version": {"sent": 1, "current": 2}}
    assert client.get("/admin/v1/categories", headers=staff).get_json() == before
    assert client.delete(f"/admin/v1/categories/{root}?version=2", headers=staff).status_code == 204
