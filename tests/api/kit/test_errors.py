"""Every failure has one shape, a stable code, the client's language and the request's id; a bug tells nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.inventory.permission import InventoryPermission
from kit.api.throttle import limiter
from kit.domain.error import ErrorKind
from kit.repository.page import encode_cursor
from tests.fakes.probe import ProbePermission, make_probed_app
from tests.fakes.subjects import FakeSubjects
from tests.support.testapp import test_settings

RECEIPTS = "/admin/v1/stock/receipts"
ITEMS = "/admin/v1/probe/items"
KEY = {"Idempotency-Key": "12345678"}


def body(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The body of an error of our shape."""
    assert answer.status_code == status
    assert answer.content_type == "application/json"
    assert answer.json is not None
    assert list(answer.json) == ["code", "message", "errors", "request_id"]
    assert answer.json["code"] == code
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    return dict(answer.json)


@pytest.fixture
def staff(subjects: FakeSubjects) -> dict[str, str]:
    """A member of staff who may use the probe, with a key."""
    return subjects.staff(ProbePermission.USE) | KEY


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ErrorKind.MALFORMED, 400),
        (ErrorKind.UNAUTHENTICATED, 401),
        (ErrorKind.FORBIDDEN, 403),
        (ErrorKind.NOT_FOUND, 404),
        (ErrorKind.CONFLICT, 409),
        (ErrorKind.INVALID, 422),
        (ErrorKind.GONE, 410),
        (ErrorKind.LIMITED, 429),
        (ErrorKind.UNAVAILABLE, 503),
    ],
)
def test_every_kind_of_refusal_has_its_status(client: FlaskClient, kind: ErrorKind, status: int) -> None:
    answer = client.get(f"/probe/refused/{kind}")
    assert body(answer, status, "probe.refused") == {
        "code": "probe.refused",
        "message": "拒绝：tests",
        "errors": {"quantity": ["过多"]},
        "request_id": answer.headers["X-Request-ID"],
    }


@pytest.mark.parametrize(("kind", "seconds"), [(ErrorKind.LIMITED, "60"), (ErrorKind.UNAVAILABLE, "5")])
def test_refusal_that_will_pass_says_when_to_come_back(client: FlaskClient, kind: ErrorKind, seconds: str) -> None:
    assert client.get(f"/probe/refused/{kind}").headers["Retry-After"] == seconds


def test_unauthenticated_says_how_to_log_in(client: FlaskClient) -> None:
    assert client.get(f"/probe/refused/{ErrorKind.UNAUTHENTICATED}").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "sent",
    [b"{", b'{"sku_id": "1",}', b"\xff\xfe\x00", b'{"sku_id": "1"} x', b"[" * 100_000, b"1" * 5000],
    ids=range(6),
)
def test_malformed_json_is_400(client: FlaskClient, staff: dict[str, str], sent: bytes) -> None:
    body(client.post(ITEMS, data=sent, headers=staff, content_type="application/json"), 400, "kit.malformed")


@pytest.mark.parametrize("sent", [b"[]", b"1", b"null", b'"x"'])
def test_json_that_is_no_object_is_422(client: FlaskClient, staff: dict[str, str], sent: bytes) -> None:
    body(client.post(ITEMS, data=sent, headers=staff, content_type="application/json"), 422, "kit.invalid")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_body_that_is_not_announced_as_json_is_415(
    client: FlaskClient, staff: dict[str, str], content_type: str
) -> None:
    body(
        client.post(ITEMS, data=b'{"sku_id": "1"}', headers=staff, content_type=content_type),
        415,
        "kit.unsupported_media_type",
    )


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.qiyuan+json"])
def test_other_ways_to_announce_json_are_fine(client: FlaskClient, staff: dict[str, str], content_type: str) -> None:
    assert client.post(ITEMS, data=b'{"sku_id": "1"}', headers=staff, content_type=content_type).status_code == 201


def test_missing_body_is_an_invalid_one(client: FlaskClient, staff: dict[str, str]) -> None:
    answer = client.post(ITEMS, headers=staff)
    assert list(body(answer, 422, "kit.invalid")["errors"]) == ["sku_id"]


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/admin/v1/stock/0x1", "/api/v1/products/abc"])
def test_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert body(answer, 404, "kit.not_found")["message"] == "没有这个地址"


def test_wrong_method_is_405_and_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete(RECEIPTS)
    body(answer, 405, "kit.method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_body_larger_than_the_limit_is_413(client: FlaskClient, staff: dict[str, str]) -> None:
    answer = client.post(ITEMS, data=b" " * 1_048_577, headers=staff, content_type="application/json")
    body(answer, 413, "kit.too_large")


def test_body_of_the_limit_is_read(client: FlaskClient, staff: dict[str, str]) -> None:
    sent = b'{"sku_id": "1"}'
    answer = client.post(ITEMS, data=sent.ljust(1_048_576), headers=staff, content_type="application/json")
    assert answer.status_code == 201


def test_invalid_fields_are_named_without_their_location(client: FlaskClient, staff: dict[str, str]) -> None:
    answer = client.post(ITEMS, json={"sku_id": 5, "colour": "red"}, headers=staff)
    assert body(answer, 422, "kit.invalid")["errors"] == {
        "sku_id": ["不是 id，须为 1–19 位数字的字符串"],
        "colour": ["没有这个字段，请去掉"],
    }


def test_invalid_field_inside_a_list_is_named_by_its_place(client: FlaskClient, subjects: FakeSubjects) -> None:
    lines = [{"sku_id": "1", "quantity": 1}, {"sku_id": "1", "quantity": 0}]
    headers = subjects.staff(InventoryPermission.RECEIVE) | KEY
    answer = client.post(RECEIPTS, json={"reference": "A", "lines": lines}, headers=headers)
    errors = body(answer, 422, "kit.invalid")["errors"]
    assert list(errors) == ["lines"]
    assert list(errors["lines"]) == ["1"]
    assert list(errors["lines"]["1"]) == ["quantity"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1.5", "colour=red", f"cursor={'x' * 201}"])
def test_invalid_query_is_422(client: FlaskClient, subjects: FakeSubjects, query: str) -> None:
    answer = client.get(f"/admin/v1/stock?{query}", headers=subjects.staff(InventoryPermission.READ))
    assert list(body(answer, 422, "kit.invalid")["errors"]) == [query.split("=", maxsplit=1)[0]]


def test_cursor_of_another_list_is_422(client: FlaskClient, subjects: FakeSubjects) -> None:
    answer = client.get("/admin/v1/stock?cursor=abc", headers=subjects.staff(InventoryPermission.READ))
    assert list(body(answer, 422, "kit.bad_cursor")["errors"]) == ["cursor"]


@pytest.mark.parametrize(
    ("language", "start"), [("zh", "cursor 无效"), ("en", "This cursor was not made by this list")]
)
@pytest.mark.parametrize("values", [[2**62, 1], [-(2**62), 1]])
def test_a_moment_no_calendar_has_is_no_cursor(
    client: FlaskClient, subjects: FakeSubjects, values: list[int], language: str, start: str
) -> None:
    headers = subjects.staff(InventoryPermission.READ) | {"Accept-Language": language}
    address = f"/admin/v1/stock/statistics/dead-stock?cursor={encode_cursor(values)}"
    [said] = body(client.get(address, headers=headers), 422, "kit.bad_cursor")["errors"]["cursor"]
    assert said.startswith(start)


@pytest.mark.parametrize("day", ["1999-12-31", "2100-01-01", "9999-12-31", "0001-01-01"])
def test_a_day_of_another_century_is_not_called_no_day(client: FlaskClient, subjects: FakeSubjects, day: str) -> None:
    headers = subjects.staff(InventoryPermission.READ)
    answer = client.get(f"/admin/v1/stock/statistics/days?first_day={day}", headers=headers)
    assert body(answer, 422, "kit.invalid")["errors"] == {"first_day": ["须在 2000 至 2099 年之间，请核对年份"]}
    answer = client.get(f"/admin/v1/stock/movements?since={day}T12:00:00Z", headers=headers)
    assert body(answer, 422, "kit.invalid")["errors"] == {"since": ["须在 2000 至 2099 年之间，请核对年份"]}


def test_bug_tells_the_client_nothing_but_the_request_id(client: FlaskClient) -> None:
    answer = client.get("/probe/broken")
    assert body(answer, 500, "kit.internal")["errors"] == {}
    for detail in (b"hunter2", b"13812345678", b"Broken", b"Traceback", b"tests/fakes"):
        assert detail not in answer.data


def test_mistake_the_database_finds_is_500_without_details(client: FlaskClient) -> None:
    answer = client.get("/probe/database-mistake")
    body(answer, 500, "kit.internal")
    assert b"secret_column" not in answer.data
    assert b"INSERT" not in answer.data


def test_database_that_is_away_is_503_with_retry_after(client: FlaskClient) -> None:
    answer = client.get("/probe/database-away")
    body(answer, 503, "kit.database_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert b"3306" not in answer.data


def test_real_route_without_its_database_is_503() -> None:
    away = make_probed_app(test_settings(database_url="mysql+pymysql://nobody@127.0.0.1:1/nothing"))
    answer = away.test_client().get("/api/v1/products")
    body(answer, 503, "kit.database_unavailable")
    assert answer.headers["Retry-After"] == "5"


@pytest.fixture
def throttled() -> Any:
    """An application whose throttle works; the limiter is one for all, so it is put back."""
    before = dict(vars(limiter))
    settings = test_settings(database_url="sqlite://")
    app = make_probed_app(test_settings(database_url="sqlite://", http=type(settings.http)(rate_limits=True)))
    yield app.test_client()
    vars(limiter).clear()
    vars(limiter).update(before)


def test_too_many_requests_are_429(throttled: FlaskClient) -> None:
    answers = [throttled.get("/probe/throttled") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert body(answers[2], 429, "kit.too_many_requests")["message"] == "请求过于频繁，请稍后再试"
    assert answers[2].headers["Retry-After"] == "60"


def test_route_without_a_limit_is_never_throttled(throttled: FlaskClient) -> None:
    assert {throttled.get("/health/live").status_code for _ in range(30)} == {200}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "没有这个地址"),
        ("zh-CN,zh;q=0.9", "没有这个地址"),
        ("zh-TW", "没有这个地址"),
        ("fr", "没有这个地址"),
        ("*", "没有这个地址"),
        (";;;q=x", "没有这个地址"),
        ("en;q=0.5, zh;q=0.9", "没有这个地址"),
        ("en", "There is nothing at this address"),
        ("en-US,en;q=0.9", "There is nothing at this address"),
        ("en-GB", "There is nothing at this address"),
        ("zh;q=0.5, en;q=0.9", "There is nothing at this address"),
    ],
)
def test_message_is_chinese_unless_the_client_prefers_english(
    client: FlaskClient, header: str | None, message: str
) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    assert body(client.get("/nothing", headers=headers), 404, "kit.not_found")["message"] == message


def test_refusal_of_the_domain_follows_the_language_too(client: FlaskClient) -> None:
    answer = client.get(f"/probe/refused/{ErrorKind.CONFLICT}", headers={"Accept-Language": "en"})
    said = body(answer, 409, "probe.refused")
    assert (said["message"], said["errors"]) == ("Refused: tests", {"quantity": ["too many"]})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            {"lines": {"0": {"quantity": ["须大于或等于 1，且小于或等于 1000000"]}}, "reference": ["缺少，必须填写"]},
        ),
        (
            "en",
            {
                "lines": {"0": {"quantity": ["Must be greater than or equal to 1 and less than or equal to 1000000."]}},
                "reference": ["Missing; it is required."],
            },
        ),
    ],
)
def test_field_is_blamed_with_its_bounds_in_the_readers_language(
    client: FlaskClient, subjects: FakeSubjects, language: str, said: dict[str, Any]
) -> None:
    headers = subjects.staff(InventoryPermission.RECEIVE) | KEY | {"Accept-Language": language}
    answer = client.post(RECEIPTS, json={"lines": [{"sku_id": "1", "quantity": 0}]}, headers=headers)
    assert body(answer, 422, "kit.invalid")["errors"] == said


@pytest.mark.parametrize(
    ("sent", "zh", "en"),
    [
        (b'{"a":\n1,}', "第 2 行第 3 列起不是 JSON", "Not JSON from line 2, column 3 on"),
        (b"\xff\xfe\x00", "不是 UTF-8 编码的 JSON", "Not JSON in UTF-8"),
        (b"[" * 100_000, "嵌套过深，或有过长的数字", "Nested too deep, or a number without end"),
        (b"1" * 5000, "嵌套过深，或有过长的数字", "Nested too deep, or a number without end"),
    ],
)
def test_body_that_is_no_json_says_where_it_stops(
    client: FlaskClient, staff: dict[str, str], sent: bytes, zh: str, en: str
) -> None:
    for language, text in (("zh", zh), ("en", en)):
        headers = staff | {"Accept-Language": language}
        answer = client.post(ITEMS, data=sent, headers=headers, content_type="application/json")
        [said] = body(answer, 400, "kit.malformed")["errors"]["json"]
        assert said.startswith(text)


def test_a_name_that_is_no_text_is_given_back_as_it_came(client: FlaskClient, staff: dict[str, str]) -> None:
    answer = client.post(ITEMS, data=b'{"\\ud800": 1}', headers=staff, content_type="application/json")
    assert body(answer, 422, "kit.invalid")["errors"]["\ud800"] == ["没有这个字段，请去掉"]
    assert rb'"\ud800"' in answer.data


def test_readers_of_both_languages_at_once_get_their_own(client: FlaskClient, staff: dict[str, str]) -> None:
    """What is said is chosen when the answer is written: nothing of one reader stays for the next."""
    for language, text in [("zh", "没有这个字段，请去掉"), ("en", "Unknown field; leave it out.")] * 2:
        answer = client.post(ITEMS, json={"sku_id": "1", "colour": 1}, headers=staff | {"Accept-Language": language})
        assert body(answer, 422, "kit.invalid")["errors"] == {"colour": [text]}


@pytest.mark.parametrize("offered", ["req-12345", "a" * 64, "5f0c9e1d-2b3a-4c5d_6e7f"])
def test_harmless_request_id_is_taken_over(client: FlaskClient, offered: str) -> None:
    answer = client.get("/nothing", headers={"X-Request-ID": offered})
    assert body(answer, 404, "kit.not_found")["request_id"] == offered


@pytest.mark.parametrize("offered", [None, "", "short", "a" * 65, "has space 1", 'xxxxxxxx"}', "请求一二三四五六"])
def test_any_other_request_id_is_replaced(client: FlaskClient, offered: str | None) -> None:
    headers = {} if offered is None else {"X-Request-ID": offered.encode().decode("latin-1")}
    made = client.get("/", headers=headers).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_every_request_gets_an_id_of_its_own(client: FlaskClient) -> None:
    assert len({client.get("/").headers["X-Request-ID"] for _ in range(5)}) == 5


def test_answers_are_neither_sniffed_nor_stored(client: FlaskClient) -> None:
    headers = client.get("/nothing").headers
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
