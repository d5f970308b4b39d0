"""Search over HTTP: shapes, hostile questions, doors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.schema.search import SearchResultSchema
from backend.catalog.wiring import services
from kit.domain.clock import utc_now
from tests.factories.catalog import make_product
from tests.factories.catalog_search import make_indexed
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers

SEARCH, SUGGESTIONS, HOT = "/api/v1/search", "/api/v1/search/suggestions", "/api/v1/search/hot-words"
MISSES, ARRANGEMENT = "/admin/v1/search/misses", "/admin/v1/search/hot-words"


def ask(client: FlaskClient, text: str, **more: Any) -> Any:
    return client.get(SEARCH, query_string={"q": text} | more)


def test_a_hit_is_the_card_of_the_list_and_its_title_in_pieces(client: FlaskClient) -> None:
    make_indexed("澳洲羊毛被", brand="MUJI")
    answer = ask(client, "羊毛被").get_json()
    (hit,) = answer["items"]
    (card,) = client.get("/api/v1/products").get_json()["items"]
    assert hit == card | {"title_segments": [{"text": "澳洲", "marked": False}, {"text": "羊毛被", "marked": True}]}
    assert (answer["next_cursor"], answer["relaxed"]) == (None, False)
    assert SearchResultSchema().validate(answer) == {}
    assert set(answer) == set(SearchResultSchema().fields)


def test_pages_go_on_by_cursor(client: FlaskClient) -> None:
    made = [make_indexed(f"羊毛被 {number}") for number in range(5)]
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = ask(client, "羊毛 被", limit=2, **({"cursor": cursor} if cursor else {})).get_json()
        seen += [hit["id"] for hit in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [str(product.product_id) for product in reversed(made)]
    assert cursor is None


def test_the_number_of_statements_does_not_grow_with_the_hits(client: FlaskClient) -> None:
    """One more where a page has room for what has only most of the words."""
    counts = []
    for number in (1, 5, 20):
        for _ in range(number):
            make_indexed("羊毛被", skus=2)
        with counted_statements() as statements:
            assert ask(client, "羊毛被").status_code == 200
        counts.append(len(statements))
    assert counts == [4, 4, 3]


@pytest.mark.parametrize("text", ["！？", "%", "_", "%%%%", "😀😀😀", "\u202e\u202d", "'", '"', "\\", "\ufffd", "---"])
def test_what_says_nothing_finds_nothing(client: FlaskClient, text: str) -> None:
    make_indexed("羊毛被")
    for path in (SEARCH, SUGGESTIONS):
        answer = client.get(path, query_string={"q": text})
        assert (answer.status_code, answer.get_json()["items"]) == (200, [])


@pytest.mark.parametrize("text", ["", "   ", "\x00", "羊\x00毛", "a\nb", "x" * 101, "羊" * 10_000])
def test_what_is_no_question_is_refused_with_the_place(client: FlaskClient, text: str) -> None:
    for path in (SEARCH, SUGGESTIONS):
        answer = client.get(path, query_string={"q": text})
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["q"])


@pytest.mark.parametrize("path", [SEARCH, SUGGESTIONS])
def test_a_missing_and_an_unknown_argument_are_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 422
    assert client.get(path, query_string={"q": "羊毛", "brand": "x"}).status_code == 422
    assert client.get(f"{path}?q=%ED%A0%80").status_code in (200, 422)  # a lone surrogate, in bytes


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WzksMSwxXQ", "Wy0xLDEsMV0", "WzAsMSwiYSJd"])
def test_a_cursor_that_this_list_never_gave_out_is_refused(client: FlaskClient, cursor: str) -> None:
    answer = ask(client, "羊毛", cursor=cursor)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "kit.bad_cursor")


def test_very_many_words_are_answered(client: FlaskClient) -> None:
    make_indexed("羊毛被")
    text = " ".join(chr(0x4E00 + 7 * number) for number in range(50))
    with counted_statements() as statements:
        assert ask(client, text).status_code == 200
    assert len(statements) <= 6


def test_suggestions_and_hot_words(client: FlaskClient) -> None:
    make_indexed("羊毛被")
    services().offering.arrange(arranged=["羊绒衫"], hidden=[])
    assert client.get(SUGGESTIONS, query_string={"q": "羊"}).get_json() == {"items": ["羊绒衫", "羊毛被"]}
    hot = client.get(HOT)
    assert hot.get_json() == {"items": ["羊绒衫"]}
    assert client.get(HOT, headers={"If-None-Match": hot.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [("GET", MISSES, "catalog:read"), ("GET", ARRANGEMENT, "catalog:read"), ("PUT", ARRANGEMENT, "catalog:edit")],
)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str, permission: str) -> None:
    others = {"catalog:read", "catalog:edit", "catalog:sell"} - {permission}
    assert client.open(path, method=method).status_code == 401
    assert client.open(path, method=method, headers=member_headers(app, make_customer())).status_code == 401
    assert client.open(path, method=method, headers=staff_headers(app, permissions=others)).status_code == 403


def test_staff_see_what_was_not_found(client: FlaskClient, staff: dict[str, str]) -> None:
    make_product(title="羊毛被")
    for _ in range(3):
        ask(client, "电饭煲")
    services().recording.flush(now=utc_now())
    (missed,) = client.get(MISSES, headers=staff).get_json()["items"]
    assert (missed["words"], missed["times"], missed["missed"], missed["last_results"]) == ("电饭煲", 3, 3, 0)


def test_staff_arrange_hot_words_and_customers_see_it_at_once(client: FlaskClient, staff: dict[str, str]) -> None:
    assert client.get(HOT).get_json() == {"items": []}
    chosen = {"arranged": ["羊毛被", "四件套"], "hidden": ["骂人话"]}
    answer = client.put(ARRANGEMENT, json=chosen, headers=staff)
    assert (answer.status_code, answer.get_json()) == (200, chosen)
    assert client.get(HOT).get_json() == {"items": ["羊毛被", "四件套"]}


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"arranged": ["羊"] * 11, "hidden": []},
        {"arranged": [""], "hidden": []},
        {"arranged": ["羊\x00"], "hidden": []},
        {"arranged": ["羊\ud800"], "hidden": []},
        {"arranged": ["羊" * 61], "hidden": []},
        {"arranged": [1], "hidden": []},
        {"arranged": "羊毛", "hidden": []},
        {"arranged": [], "hidden": ["羊"] * 201},
        {"arranged": [], "hidden": [], "weight": 1},
    ],
)
def test_a_refused_arrangement_changes_nothing(client: FlaskClient, staff: dict[str, str], chosen: Any) -> None:
    client.put(ARRANGEMENT, json={"arranged": ["羊毛被"], "hidden": ["骂人话"]}, headers=staff)
    body = json.dumps(chosen)  # ASCII, as \\uD800 travels
    answer = client.put(ARRANGEMENT, data=body, content_type="application/json", headers=staff)
    assert answer.status_code == 422
    assert client.get(ARRANGEMENT, headers=staff).get_json() == {"arranged": ["羊毛被"], "hidden": ["骂人话"]}
