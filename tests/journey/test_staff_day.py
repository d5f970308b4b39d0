"""A day of the staff as Swagger UI lets them have it, every body an example of the document with the ids put in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.factories.media_files import with_places
from tests.support.clerk import Clerk
from tests.support.processes import until
from tests.support.shop import open_embedded_shop

PASSWORD = "correct horse battery"
MANAGES = ("catalog", "inventory", "media")
APPROVES = ["approval:read", "approval:decide"]

pytestmark = pytest.mark.timeout(180)


@dataclass
class Office:
    """Who is there: the administrator, a manager who may not act directly, and one who approves."""

    boss: Clerk
    manager: Clerk
    approver: Clerk
    approvers: str

    def shown(self, product_id: str) -> dict[str, Any]:
        """The product as customers see it."""
        answer = requests.get(f"{self.boss.url}/api/v1/products/{product_id}", timeout=5)
        assert answer.status_code == 200, answer.text
        product: dict[str, Any] = answer.json()
        return product


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("day")
    with open_embedded_shop(folder) as shop:
        shop.environment["STORAGE_FOLDER"] = str(folder / "storage")
        shop.flask("staff", "create", "boss", "--password-stdin", stdin=f"{PASSWORD}\n")
        shop.embedded()
        boss = Clerk(shop.url, "boss", PASSWORD)
        every = [item["permission"] for item in boss.execute("listPermissions", status=200)["items"]]
        manages = [one for one in every if one.partition(":")[0] in MANAGES] + ["approval:read"]
        hire(boss, "wang", "shop_manager", manages)
        approvers = hire(boss, "liwei", "approver", APPROVES)
        yield Office(boss, Clerk(shop.url, "wang", PASSWORD), Clerk(shop.url, "liwei", PASSWORD), approvers)


def hire(boss: Clerk, username: str, code: str, permissions: list[str]) -> str:
    """The id of their role."""
    role: str = boss.execute("createRole", {"code": code, "permissions": permissions}, status=201)["id"]
    person = {"username": username, "password": PASSWORD, "email": f"{username}@example.cn", "role_ids": [role]}
    boss.execute("createStaff", person, status=201)
    return role


@pytest.fixture(scope="module")
def product(office: Office) -> dict[str, Any]:
    """Two SKUs and an uploaded picture, on sale, nothing in stock."""
    manager = office.manager
    category = manager.execute("addCategory", {"name": "新春文创"}, status=201)["id"]
    brand = manager.execute("addBrand", {"name": "起源文创"}, status=201)["id"]
    picture = manager.execute("uploadMedia", file=("明信片.jpg", with_places()), status=201)["reference"]
    (sku,) = manager.example("createProduct")["skus"]
    made: dict[str, Any] = manager.execute(
        "createProduct",
        {
            "category_id": category,
            "brand_id": brand,
            "code": "CARD-001",
            "title": "新春明信片",
            "image_url": picture,
            "gallery": [picture],
            "skus": [
                sku | {"spec": [{"name": "规格", "value": "单张"}], "image_url": picture},
                sku | {"spec": [{"name": "规格", "value": "十张"}], "image_url": picture, "price_fen": 9900},
            ],
        },
        status=201,
    )
    assert (made["brand"], made["status"]) == ("起源文创", "draft")
    assert requests.get(made["image_src"].replace("http://127.0.0.1/", f"{manager.url}/"), timeout=5).status_code == 200
    manager.execute("putProductOnSale", product_id=made["id"], status=204)
    return made


@pytest.fixture(scope="module")
def counted(office: Office, product: dict[str, Any]) -> dict[str, Any]:
    """120 and 30 came in; a count found 118 and 30. The document that corrected it."""
    manager = office.manager
    one, ten = (sku["id"] for sku in product["skus"])
    (line,) = manager.example("bookInbound")["lines"]
    lines = [line | {"sku_id": one, "quantity": 120}, line | {"sku_id": ten, "quantity": 30, "unit_cost_fen": 6000}]
    manager.execute("bookInbound", {"lines": lines}, status=201)
    sheet = manager.execute("openCount", {"sku_ids": [one, ten]}, status=201)["id"]
    # The example enters line 1; line 2 stays open, and the sheet cannot be posted yet.
    manager.execute("enterCount", count_id=sheet, status=204)
    early = manager.execute("postCount", count_id=sheet, status=409)
    assert early["errors"] == {"2": ["尚未盘点"]}
    manager.execute("enterCount", {"lines": [{"line": 2, "counted": 30}]}, count_id=sheet, status=204)
    (differing,) = manager.execute("listCountLines", count_id=sheet, query={"differing": "true"}, status=200)["items"]
    assert (differing["sku_code"], differing["difference"]) == ("CARD-001-1", -2)
    document: dict[str, Any] = manager.execute("postCount", count_id=sheet, status=201)
    return document


def test_the_movement_log_tells_what_happened_to_the_goods(
    office: Office, product: dict[str, Any], counted: dict[str, Any]
) -> None:
    one = product["skus"][0]["id"]
    log = office.manager.execute("listStockMovements", query={"sku_id": one}, status=200)["items"]

    assert [(row["kind"], row["on_hand_before"], row["on_hand_after"]) for row in log] == [
        ("count", 120, 118),
        ("receive", 0, 120),
    ]
    assert {(row["sku_code"], row["title"]) for row in log} == {("CARD-001-1", "新春明信片 规格:单张")}
    assert log[0]["reference"] == counted["reference"]
    assert office.manager.execute("showStockMovement", movement_id=log[0]["id"], status=200) == log[0]
    (level,) = office.manager.execute("listStock", query={"sku_code": "CARD-001-1"}, status=200)["items"]
    assert (level["on_hand"], level["available"]) == (118, 118)


def test_customers_see_the_product_with_its_picture_and_that_it_can_be_had(
    office: Office, product: dict[str, Any], counted: dict[str, Any]
) -> None:
    until(lambda: all(sku["in_stock"] for sku in office.shown(product["id"])["skus"]), what="stock reaches the shop")
    shown = office.shown(product["id"])
    assert shown["title"] == "新春明信片"
    assert shown["brand"] == "起源文创"


def test_a_price_changes_when_somebody_else_has_agreed(office: Office, product: dict[str, Any]) -> None:
    boss, manager, approver = office.boss, office.manager, office.approver
    rule = boss.execute("createApprovalRule", {"role_ids": [office.approvers]}, status=201)
    assert (rule["action"], rule["condition"]["threshold"]) == ("catalog.product.price", 10)

    form = manager.execute("showProductForm", product_id=product["id"], status=200)
    form["skus"][0]["price_fen"] = 1690
    asked = manager.execute("editProduct", form, whole=True, product_id=product["id"], status=202)
    request_id = asked["approval_request_id"]
    assert prices(office.shown(product["id"])) == [1290, 9900]

    assert approver.execute("countApprovalRequests", status=200)["to_decide"] == 1
    (waiting,) = approver.execute("listApprovalRequests", status=200)["items"]
    assert (waiting["id"], waiting["title"]) == (request_id, "新春明信片 (CARD-001)")
    request = approver.execute("getApprovalRequest", request_id=request_id, status=200)
    assert [(line["old"], line["new"]) for line in request["changes"]] == [("12.90", "16.90 (+31.01%)")]
    manager.execute("approveRequest", request_id=request_id, status=403)
    outcome = approver.execute("approveRequest", request_id=request_id, status=200)
    assert outcome["state"] == "approved"

    until(lambda: prices(office.shown(product["id"])) == [1690, 9900], what="the price reaches the shop")
    (change,) = manager.execute("listPriceChanges", product_id=product["id"], status=200)["items"]
    assert (change["sku_code"], change["old_price_fen"], change["new_price_fen"]) == ("CARD-001-1", 1290, 1690)
    assert f"approval:{request_id}" in change["reason"]
    until(lambda: approval_notices(manager) == ["approval_granted"], what="the manager is told")


def prices(product: dict[str, Any]) -> list[int]:
    return [sku["price_fen"] for sku in product["skus"]]


def approval_notices(clerk: Clerk) -> list[str]:
    return [notice["kind"] for notice in clerk.execute("listNotices", status=200)["items"]]
