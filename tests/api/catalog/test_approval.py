"""The catalogue changes at once, or with the word of a second person."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.approval.domain.condition import Condition, Operator
from backend.catalog.permission import CatalogPermission
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from tests.factories.approval_desk import Desk
from tests.factories.catalog import make_category, make_product
from tests.factories.statements import counted_statements
from tests.factories.versions import product_version
from tests.support.unchanged import nothing_changes

ABOVE_10 = Condition("price_change_percent", Operator.GT, 10)
SOON = {"on_sale_at": "2027-01-01T00:00:00+08:00", "version": 1}
KEEPING = ("apr_request", "apr_request_step", "apr_history", "kit_outbox")
KEEPING_WITH_KEY = (*KEEPING, "kit_idempotency")


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    """Who may do everything in catalog."""
    return Desk(app, client, *CatalogPermission)


def look(desk: Desk, product_id: int) -> Any:
    return desk.send(desk.manager, "GET", f"/products/{product_id}").get_json()


def edit(desk: Desk, product_id: int, **over: Any) -> dict[str, Any]:
    """The body of an edit that changes `over`, and the first SKU's price when `price_fen` is among it."""
    now = look(desk, product_id)
    price_fen = over.pop("price_fen", None)
    skus = [{name: sku[name] for name in ("id", "spec", "price_fen", "list_price_fen")} for sku in now["skus"]]
    if price_fen is not None:
        skus[0]["price_fen"] = price_fen
    kept = {name: now[name] for name in ("version", "category_id", "title", "unit")}
    return kept | {"skus": skus} | over


def pick(product_id: int) -> dict[str, Any]:
    return {"id": str(product_id), "version": product_version(product_id)}


def cheaper(*product_ids: int, hundredths: int = -2000, **over: Any) -> dict[str, Any]:
    rule = {"kind": "percent", "value": hundredths}
    return {"products": [pick(one) for one in product_ids], "rule": rule, "reason": "双十一"} | over


def prices(product_id: int) -> list[int]:
    return [sku.price_fen for sku in services().query.product(product_id)["skus"]]


def history(desk: Desk, product_id: int) -> list[dict[str, Any]]:
    return list(desk.send(desk.manager, "GET", f"/products/{product_id}/price-changes").get_json()["items"])


def test_without_a_rule_everything_is_done_at_once(desk: Desk) -> None:
    made = make_product()
    path = f"/products/{made.product_id}"
    desk.rule("inventory.adjust")  # of something else
    assert desk.send(desk.manager, "PUT", path, edit(desk, made.product_id, price_fen=1)).status_code == 200
    assert desk.send(desk.manager, "POST", "/products/bulk/price", cheaper(made.product_id)).status_code == 200
    assert desk.send(desk.manager, "POST", f"{path}/off-sale?version=3").status_code == 204
    assert desk.send(desk.manager, "DELETE", f"{path}?version=4").status_code == 204
    assert desk.requests() == 0


def test_a_price_beyond_the_rule_waits_reads_well_and_is_changed_once(desk: Desk) -> None:
    desk.rule("catalog.product.price", ABOVE_10)
    first, second = make_product(price_fen=1290, title="东北大米"), make_product(price_fen=1000, skus=2)
    body = cheaper(first.product_id, second.product_id)
    with nothing_changes(but=KEEPING_WITH_KEY):
        asked = desk.ask("POST", "/products/bulk/price", body)
    assert desk.inbox(desk.approver) == [asked]
    detail = desk.detail(asked)
    assert (detail["action_zh"], detail["reason"], detail["title"][:4]) == ("商品改价", "双十一", "东北大米")
    assert desk.lines(asked)[0] == ("东北大米（规格:款式1）售价（元）", "12.90", "10.32 (-20.00%)")
    assert [line[1:] for line in desk.lines(asked)[1:]] == [("10.00", "8.00 (-20.00%)")] * 2

    desk.approve(asked)
    assert (prices(first.product_id), prices(second.product_id)) == ([1032], [800, 800])
    (kept,) = history(desk, first.product_id)
    assert (kept["actor"], kept["reason"]) == (
        f"staff:{desk.manager}",
        f"双十一 · approval:{asked} by {desk.name_of(desk.approver)}",
    )
    assert desk.decide(asked, by=desk.second).status_code == 409
    assert prices(first.product_id) == [1032]


@pytest.mark.parametrize(("price_fen", "waits"), [(900, False), (1100, False), (899, True), (1101, True), (0, True)])
def test_the_edit_form_is_no_way_round_the_price_rule(desk: Desk, price_fen: int, waits: bool) -> None:
    desk.rule("catalog.product.price", ABOVE_10)
    made = make_product(price_fen=1000, on_sale=False)
    answer = desk.send(
        desk.manager, "PUT", f"/products/{made.product_id}", edit(desk, made.product_id, price_fen=price_fen)
    )
    assert answer.status_code == (202 if waits else 200), answer.data
    assert prices(made.product_id) == ([1000] if waits else [price_fen])


def test_an_edit_without_prices_passes_even_a_rule_about_any_price(desk: Desk) -> None:
    desk.rule("catalog.product.price")
    made = make_product()
    path = f"/products/{made.product_id}"
    assert desk.send(desk.manager, "PUT", path, edit(desk, made.product_id, title="新名字")).status_code == 200
    asked = desk.ask("PUT", path, edit(desk, made.product_id, price_fen=999))
    assert desk.detail(asked)["action"] == "catalog.product.update"


def test_an_archived_sku_does_not_come_back_at_another_price_unseen(desk: Desk) -> None:
    desk.rule("catalog.product.price", ABOVE_10)
    made = make_product(price_fen=1000, skus=2)
    path = f"/products/{made.product_id}"
    whole = edit(desk, made.product_id)
    without = whole | {"skus": whole["skus"][:1]}
    assert desk.send(desk.manager, "PUT", path, without).status_code == 200
    back = {"spec": whole["skus"][1]["spec"], "price_fen": 1}
    again = edit(desk, made.product_id)
    desk.ask("PUT", path, again | {"skus": [*again["skus"], back]})


@pytest.mark.parametrize(("price_fen", "waits"), [(1, True), (899, True), (900, False), (2000, False), (2201, True)])
def test_a_sku_that_takes_the_place_of_others_is_judged_beside_their_prices(
    desk: Desk, price_fen: int, waits: bool
) -> None:
    desk.rule("catalog.product.price", ABOVE_10)
    made = make_product(price_fen=1000, skus=2)
    path = f"/products/{made.product_id}"
    whole = edit(desk, made.product_id)
    assert desk.send(desk.manager, "PUT", path, whole | {"skus": whole["skus"][:1]}).status_code == 200
    spec = [{"name": whole["skus"][0]["spec"][0]["name"], "value": "大"}]
    whole = edit(desk, made.product_id)
    beside = [*whole["skus"], {"spec": spec, "price_fen": 2000}]
    assert desk.send(desk.manager, "PUT", path, whole | {"skus": beside}).status_code == 200
    instead = [{"spec": [spec[0] | {"value": "新"}], "price_fen": price_fen}]
    answer = desk.send(desk.manager, "PUT", path, edit(desk, made.product_id) | {"skus": instead})
    assert answer.status_code == (202 if waits else 200), answer.data
    assert prices(made.product_id) == ([1000, 2000] if waits else [price_fen])


def test_an_edit_reads_with_names_not_ids(desk: Desk) -> None:
    desk.rule("catalog.product.update")
    fruit = make_category("水果")
    apples = make_category("苹果", parent_id=fruit)
    made = make_product(price_fen=1000, category_id=fruit)
    body = edit(desk, made.product_id, category_id=str(apples), brand="果然鲜", detail="<p>脆甜</p>", price_fen=1050)
    body["skus"].append({"spec": [{"name": "规格", "value": "礼盒"}], "price_fen": 9900})
    asked = desk.ask("PUT", f"/products/{made.product_id}", body)
    assert desk.lines(asked) == [
        ("分类", "水果", "水果/苹果"),
        ("品牌", None, "果然鲜"),
        ("图文详情", None, "脆甜 (9 字符 characters)"),
        ("规格:款式1 售价（元）", "10.00", "10.50 (+5.00%)"),
        ("规格:礼盒 售价（元）", None, "99.00"),
    ]
    assert look(desk, made.product_id)["brand"] == ""  # nor is the brand made before anybody agreed
    desk.approve(asked)
    now = look(desk, made.product_id)
    assert (now["brand"], now["category_id"], prices(made.product_id)) == ("果然鲜", str(apples), [1050, 9900])


def test_a_product_that_moved_on_makes_the_request_stale(desk: Desk) -> None:
    desk.rule("catalog.product.price", ABOVE_10)
    made, other = make_product(price_fen=1000), make_product(price_fen=1000)
    asked = desk.ask("POST", "/products/bulk/price", cheaper(made.product_id, other.product_id))
    path = f"/products/{other.product_id}"
    assert desk.send(desk.manager, "PUT", path, edit(desk, other.product_id, title="别的")).status_code == 200
    answer = desk.decide(asked)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "approval.stale")
    assert (prices(made.product_id), prices(other.product_id)) == ([1000], [1000])
    desk.approve(desk.resubmit(asked))
    assert (prices(made.product_id), prices(other.product_id)) == ([800], [800])


def test_what_is_refused_when_it_is_applied_takes_the_decision_back(desk: Desk) -> None:
    desk.rule("catalog.product.create")
    category_id = make_category()
    body = {"code": "NEW-1", "category_id": str(category_id), "title": "新品", "skus": []}
    asked = desk.ask("POST", "/products", body)
    services().categories.archive(category_id, now=utc_now())
    with nothing_changes():
        answer = desk.decide(asked)
    assert (answer.status_code, answer.get_json()["errors"]["cause"]["code"]) == (409, "catalog.category_not_found")
    assert desk.detail(asked)["state"] == "pending"


def test_a_product_that_was_archived_meanwhile_is_not_put_on_sale(desk: Desk) -> None:
    desk.rule("catalog.product.on_sale")
    made = make_product(on_sale=False)
    asked = desk.ask("POST", f"/products/{made.product_id}/on-sale?version=1")
    services().editing.archive(made.product_id, now=utc_now())
    assert desk.decide(asked).get_json()["code"] == "approval.stale"
    again = desk.send(desk.manager, "POST", f"/approval/requests/{asked}/resubmit", {})
    assert (again.status_code, again.get_json()["errors"]["cause"]["code"]) == (409, "catalog.not_allowed_now")
    assert look(desk, made.product_id)["status"] == "archived"


def test_who_may_act_directly_changes_at_once_and_it_is_recorded(desk: Desk) -> None:
    desk.rule("catalog.product.price", ABOVE_10)
    made = make_product(price_fen=1000)
    desk.act("POST", "/products/bulk/price", cheaper(made.product_id))
    assert (prices(made.product_id), desk.kept()) == ([800], [("catalog.product.price", "applied_directly")])
    assert history(desk, made.product_id)[0]["reason"].startswith("双十一 · approval:")


def cases() -> list[Any]:
    """Action whose rule is switched on, method, path, body."""
    fresh = {"code": "N-1", "category_id": "{category}", "title": "新", "skus": []}
    many = {"products": [{"id": "{on}", "version": 2}, {"id": "{on2}", "version": 2}]}
    return [
        ("catalog.category.create", "POST", "/categories", {"name": "新类目"}),
        ("catalog.category.update", "PUT", "/categories/{category}", {"name": "改名", "version": 1}),
        ("catalog.category.delete", "DELETE", "/categories/{category}?version=1", None),
        ("catalog.product.create", "POST", "/products", fresh),
        ("catalog.product.create", "POST", "/products/{on}/copy", {"code": "COPY-1"}),
        ("catalog.product.delete", "DELETE", "/products/{off}?version=1", None),
        ("catalog.product.delete", "DELETE", "/products/{off}?erase=true&version=1", None),
        ("catalog.product.on_sale", "POST", "/products/{off}/on-sale?version=1", None),
        ("catalog.product.on_sale", "PUT", "/products/{off}/schedule", SOON),
        ("catalog.product.on_sale", "POST", "/products/bulk/on-sale", {"products": [{"id": "{off}", "version": 1}]}),
        ("catalog.product.off_sale", "POST", "/products/{on}/off-sale?version=2", None),
        ("catalog.product.off_sale", "POST", "/products/bulk/off-sale", many),
        ("catalog.product.update", "POST", "/products/bulk/category", many | {"category_id": "{category}"}),
        (
            "catalog.product.update",
            "POST",
            "/products/{on}/skus/generate",
            {"specs": [{"name": "规格", "values": ["大", "小"]}], "price_fen": 5, "version": 2},
        ),
    ]


def filled(text: Any, names: dict[str, str]) -> Any:
    if isinstance(text, dict):
        return {name: filled(value, names) for name, value in text.items()}
    if isinstance(text, list):
        return [filled(value, names) for value in text]
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value) if isinstance(text, str) else text
    return text


REASON = "供应商调价"


def with_reason(path: str, body: Any) -> tuple[str, Any]:
    """Said in the body, or in the query string where there is none."""
    if body is not None:
        return path, body | {"reason": REASON}
    return f"{path}{'&' if '?' in path else '?'}reason={REASON}", None


@pytest.mark.parametrize(("action", "method", "path", "body"), cases())
def test_every_action_waits_is_rejected_or_done(desk: Desk, action: str, method: str, path: str, body: Any) -> None:
    desk.rule(action)
    names = {
        "category": str(make_category()),
        "on": str(make_product(code="ON-1").product_id),
        "on2": str(make_product().product_id),
        "off": str(make_product(on_sale=False, stock=0).product_id),
    }
    path, body = with_reason(filled(path, names), filled(body, names))
    with nothing_changes(but=KEEPING):
        rejected = desk.ask(method, path, body)
    assert desk.detail(rejected)["reason"] == REASON
    assert desk.decide(rejected, "reject").status_code == 200
    with nothing_changes(but=KEEPING):
        asked = desk.ask(method, path, body)
    assert desk.lines(asked)
    assert desk.detail(asked)["title"]
    desk.approve(asked)
    assert desk.detail(asked)["state"] == "approved"
    assert [state for _, state in desk.kept()] == ["rejected", "approved"]


def test_the_reason_of_an_edit_is_kept_with_the_prices_it_changes(desk: Desk) -> None:
    made = make_product(price_fen=1000)
    path = f"/products/{made.product_id}"
    assert desk.send(desk.manager, "PUT", path, edit(desk, made.product_id, price_fen=999) | {"reason": "直接"}).json
    desk.rule("catalog.product.price")
    desk.approve(desk.ask("PUT", path, edit(desk, made.product_id, price_fen=900) | {"reason": REASON}))
    latest, first = history(desk, made.product_id)
    assert (first["reason"], first["actor_name"]) == ("直接", desk.name_of(desk.manager))
    assert latest["reason"].startswith(f"{REASON} · approval:")


@pytest.mark.parametrize("reason", ["x" * 201, "a\x00b", "a\nb", "\ud800", 5, None, ["x"]])
def test_a_reason_that_is_none_is_refused(desk: Desk, reason: Any) -> None:
    made = make_product()
    with nothing_changes():
        answer = desk.send(
            desk.manager, "PUT", f"/products/{made.product_id}", edit(desk, made.product_id) | {"reason": reason}
        )
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["reason"])


def test_an_import_acts_directly_and_is_recorded_where_a_rule_would_have_asked(desk: Desk) -> None:
    def upload(**query: str) -> int:
        file = (io.BytesIO("商品编码\n".encode()), "价格.csv")
        return desk.client.post(
            "/admin/v1/catalog/imports",
            data={"file": file},
            query_string=query,
            content_type="multipart/form-data",
            headers=desk.headers[desk.manager],
        ).status_code

    assert (upload(), desk.requests()) == (202, 0)
    desk.rule("catalog.product.price", ABOVE_10)
    assert (upload(dry_run="true"), desk.requests()) == (202, 0)
    assert upload() == 202
    assert desk.kept() == [("catalog.import", "applied_directly")]


@pytest.mark.parametrize("count", [1, 5, 20])
def test_statements_do_not_grow(desk: Desk, count: int) -> None:
    made = [make_product(skus=2).product_id for _ in range(count)]

    def statements(who: int, status: int) -> int:
        body = cheaper(*made)
        with counted_statements() as seen:
            assert desk.send(who, "POST", "/products/bulk/price", body).status_code == status
        # A product is one versioned UPDATE, as without approval.
        return len([text for text in seen if not text.startswith("UPDATE cat_product ")])

    at_once = statements(desk.manager, 200)
    desk.rule("catalog.product.price", ABOVE_10)
    assert (at_once, statements(desk.manager, 202), statements(desk.admin, 200)) == (14, 28, 25)
