"""The staff's routes of imports and exports: upload, watch, fetch what is wrong, think better of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.catalog.domain.jobs import CatalogJobFailure
from backend.catalog.domain.product import Product
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.job.wiring import jobs, run_job
from tests.factories.catalog_jobs import ask_import, book, table
from tests.factories.catalog_sheet import row, sheet
from tests.factories.order import make_buyer
from tests.factories.statements import counted_statements
from tests.factories.user import make_staff, member_headers, staff_headers
from tests.support.fresh import fresh_session
from tests.support.outbox import waiting_tasks
from tests.support.unchanged import nothing_changes

IMPORTS, EXPORTS = "/admin/v1/catalog/imports", "/admin/v1/catalog/exports"
RIGHTS = {"catalog:import", "catalog:export"}
DOORS = [
    ("POST", IMPORTS, "catalog:import"),
    ("GET", IMPORTS, "catalog:import"),
    ("GET", f"{IMPORTS}/7", "catalog:import"),
    ("POST", f"{IMPORTS}/7/cancel", "catalog:import"),
    ("POST", EXPORTS, "catalog:export"),
    ("GET", EXPORTS, "catalog:export"),
    ("GET", f"{EXPORTS}/7", "catalog:export"),
    ("POST", f"{EXPORTS}/7/cancel", "catalog:export"),
]


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Empty, and of the test's own."""
    monkeypatch.setattr(jobs().storage, "folder", tmp_path / "storage")
    return tmp_path / "storage"


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Somebody who may import and export."""
    return staff_headers(app, make_staff(RIGHTS)) | {"Idempotency-Key": "intent-number-1"}


def upload(client: FlaskClient, headers: dict[str, str], content: bytes, name: str = "a.csv", query: str = "") -> Any:
    # Put together here: the test client would leave a temporary file of a large one open.
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    return client.post(IMPORTS + query, data=body, headers=headers, content_type="multipart/form-data; boundary=edge")


def products() -> int:
    fresh_session()
    return db.session.scalar(select(func.count()).select_from(Product)) or 0


@pytest.mark.parametrize(("method", "path", "permission"), DOORS)
def test_doors(app: Flask, client: FlaskClient, method: str, path: str, permission: str) -> None:
    member = member_headers(app, make_buyer().id)
    with nothing_changes():
        assert client.open(path, method=method).status_code == 401
        assert client.open(path, method=method, headers=member).status_code == 401
    refused = client.open(path, method=method, headers=staff_headers(app, permissions=RIGHTS - {permission}))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "auth.permission_missing")
    admitted = client.open(path, method=method, headers=staff_headers(app, permissions={permission}))
    assert admitted.status_code in (200, 404, 422)


def test_from_the_upload_to_the_counts(client: FlaskClient, staff: dict[str, str]) -> None:
    asked = upload(client, staff, sheet(row(), row(SKU规格="规格:1kg")).getvalue(), "春季.csv")
    queued = asked.get_json()
    assert asked.status_code == 202
    assert (queued["state"], queued["percent"]) == ("queued", 0)
    assert (queued["filename"], queued["dry_run"]) == ("春季.csv", False)
    assert waiting_tasks()[-1] == ("kit.run_job", {"job_id": int(queued["id"])})
    assert products() == 0, "the web process only stores the upload"
    run_job(job_id=int(queued["id"]))
    done = client.get(f"{IMPORTS}/{queued['id']}", headers=staff).get_json()
    assert (done["state"], done["percent"], done["error"], done["faults"]) == ("done", 100, None, 0)
    assert (done["errors_url"], done["changes_url"]) == (None, None)
    wanted = {"categories_created": 2, "products_created": 1, "skus_created": 2}
    assert {name: count for name, count in done["counts"].items() if count} == wanted
    assert products() == 1


@pytest.mark.parametrize(("make", "name"), [(sheet, "a.csv"), (book, "a.xlsx")])
def test_faults_come_as_a_sheet_and_nothing_is_imported(
    client: FlaskClient, staff: dict[str, str], make: Any, name: str
) -> None:
    job = upload(client, staff, make(row(), row(商品编号="PEAR", 售价="free")).getvalue(), name).get_json()
    run_job(job_id=int(job["id"]))
    failed = client.get(f"{IMPORTS}/{job['id']}", headers=staff | {"Accept-Language": "zh"}).get_json()
    assert (failed["state"], failed["faults"], failed["format"]) == ("failed", 1, name[2:])
    assert failed["error"] == "表格有错误，未导入任何内容；请下载错误表，改正后重新上传"
    fetched = client.get(failed["errors_url"], buffered=True)
    assert fetched.headers["Content-Disposition"].endswith(f"%E5%AF%BC%E5%85%A5%E9%94%99%E8%AF%AF.{name[2:]}")
    assert table(fetched.data) == [
        ["行", "列", "内容", "原因", "处理办法"],
        ["3", "售价(元)", "free", "不是金额（元，最多两位小数）", "例如 899 或 899.00"],
    ]
    assert products() == 0


def test_sheets_are_in_the_language_of_the_upload_whoever_fetches_them(
    client: FlaskClient, staff: dict[str, str]
) -> None:
    english = staff | {"Accept-Language": "en"}
    job = upload(client, english, sheet(row(售价="free")).getvalue()).get_json()
    run_job(job_id=int(job["id"]))
    failed = client.get(f"{IMPORTS}/{job['id']}", headers=staff).get_json()
    fetched = client.get(failed["errors_url"], headers={"Accept-Language": "zh"}, buffered=True)
    assert fetched.headers["Content-Disposition"].endswith("import-errors.csv")
    assert table(fetched.data)[1][3:] == ["Not an amount in yuan with at most two decimals", "Such as 899 or 899.00"]
    _run(client, staff, sheet(row()).getvalue(), "")
    done = _run(client, english, sheet(row(SKU规格="规格:1kg")).getvalue(), "?dry_run=true")
    assert table(client.get(done["changes_url"], buffered=True).data) == [
        ["Row", "Product code", "SKU spec", "Field", "Old", "New"],
        ["2", "APPLE", "规格:1kg", "New SKU", "", "售价(元) 9.90"],
    ]


def test_a_dry_run_says_what_would_change(client: FlaskClient, staff: dict[str, str]) -> None:
    pear = {"商品编号": "PEAR", "商品名称": "梨"}
    _run(client, staff, sheet(row(), row(**pear)).getvalue(), "")
    changed = sheet(row(售价="8.80", 卖点="甜"), row(SKU规格="规格:1kg", 卖点="甜"), row(**pear, 是否上架="否"))
    with nothing_changes(but={"kit_job", "kit_outbox"}):
        done = _run(client, staff, changed.getvalue(), "?dry_run=true")
    assert (done["state"], done["dry_run"], done["counts"]["products_updated"]) == ("done", True, 2)
    assert table(client.get(done["changes_url"], buffered=True).data) == [
        ["行", "商品编号", "SKU规格", "字段", "原内容", "新内容"],
        ["2", "APPLE", "", "卖点", "脆甜多汁", "甜"],
        ["2", "APPLE", "规格:500g", "售价(元)", "9.90", "8.80"],
        ["3", "APPLE", "规格:1kg", "新规格", "", "售价(元) 9.90"],
        ["4", "PEAR", "", "是否上架", "是", "否"],
    ]


def _run(client: FlaskClient, staff: dict[str, str], content: bytes, query: str) -> Any:
    job = upload(client, staff, content, query=query).get_json()
    run_job(job_id=int(job["id"]))
    return client.get(f"{IMPORTS}/{job['id']}", headers=staff).get_json()


def test_an_export_is_fetched_and_imported_again(client: FlaskClient, staff: dict[str, str]) -> None:
    upload_done = _run(client, staff, sheet(row()).getvalue(), "")
    assert upload_done["state"] == "done"
    asked = client.post(EXPORTS, json={"format": "xlsx"}, headers=staff)
    again = client.post(EXPORTS, json={"format": "xlsx"}, headers=staff)
    assert (asked.status_code, again.data) == (202, asked.data)
    run_job(job_id=int(asked.get_json()["id"]))
    done = client.get(f"{EXPORTS}/{asked.get_json()['id']}", headers=staff).get_json()
    assert (done["state"], done["row_count"]) == ("done", 1)
    content = client.get(done["download_url"], buffered=True).data
    same = _run(client, staff, content, "")
    assert {name: count for name, count in same["counts"].items() if count} == {
        "products_unchanged": 1,
        "skus_unchanged": 1,
    }


@pytest.mark.parametrize("path", [IMPORTS, EXPORTS])
def test_another_ones_job_is_not_there(app: Flask, client: FlaskClient, staff: dict[str, str], path: str) -> None:
    mine = upload(client, staff, b"x").get_json() if path == IMPORTS else None
    mine = mine or client.post(EXPORTS, json={"format": "csv"}, headers=staff).get_json()
    other = staff_headers(app, make_staff(RIGHTS))
    with nothing_changes():
        for answer in (
            client.get(f"{path}/{mine['id']}", headers=other),
            client.post(f"{path}/{mine['id']}/cancel", headers=other),
            client.get(f"{EXPORTS if path == IMPORTS else IMPORTS}/{mine['id']}", headers=staff),
        ):
            assert (answer.status_code, answer.get_json()["code"]) == (404, "catalog.job_not_found")
        assert client.get(path, headers=other).get_json()["items"] == []
    assert [job["id"] for job in client.get(path, headers=staff).get_json()["items"]] == [mine["id"]]


def test_a_waiting_import_is_cancelled_once_and_never_runs(client: FlaskClient, staff: dict[str, str]) -> None:
    job = upload(client, staff, sheet(row()).getvalue()).get_json()
    assert client.post(f"{IMPORTS}/{job['id']}/cancel", headers=staff).status_code == 204
    with nothing_changes():
        again = client.post(f"{IMPORTS}/{job['id']}/cancel", headers=staff)
        run_job(job_id=int(job["id"]))
    assert (again.status_code, again.get_json()["code"]) == (409, "catalog.job_over")
    seen = client.get(f"{IMPORTS}/{job['id']}", headers=staff | {"Accept-Language": "en"}).get_json()
    assert (seen["state"], seen["error"][:9]) == ("failed", "Cancelled")
    assert products() == 0


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"file": "text"}, 422), ({"other": (io.BytesIO(b"x"), "a.csv")}, 422)],
)
def test_an_upload_without_a_file_is_refused(
    client: FlaskClient, staff: dict[str, str], folder: Any, data: dict[str, Any], status: int
) -> None:
    with nothing_changes():
        answer = client.post(IMPORTS, data=data, headers=staff, content_type="multipart/form-data")
    assert answer.status_code == status
    assert not folder.exists()


def test_a_sheet_may_be_larger_than_other_bodies_and_not_endless(
    app: Flask, client: FlaskClient, staff: dict[str, str], folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    assert upload(client, staff, large).status_code == 202
    stored = len(list(folder.rglob("*.csv")))
    object.__setattr__(services(), "import_max_bytes", 1_048_576)
    try:
        with nothing_changes():
            refused = upload(client, staff, large)
    finally:
        object.__setattr__(services(), "import_max_bytes", 52_428_800)
    assert (refused.status_code, refused.get_json()["code"]) == (413, "kit.too_large")
    assert len(list(folder.rglob("*.csv"))) == stored


def test_a_swept_upload_is_asked_for_again(client: FlaskClient, staff: dict[str, str], folder: Any) -> None:
    job = upload(client, staff, sheet(row()).getvalue()).get_json()
    for file in folder.rglob("*.csv"):
        file.unlink()
    run_job(job_id=int(job["id"]))
    seen = client.get(f"{IMPORTS}/{job['id']}", headers=staff | {"Accept-Language": "en"}).get_json()
    assert (seen["state"], seen["error"]) == ("failed", CatalogJobFailure.UPLOAD_GONE.en)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_list_takes_one_statement_beside_those_of_the_guard(app: Flask, client: FlaskClient, count: int) -> None:
    staff_id = make_staff(RIGHTS)
    headers = staff_headers(app, staff_id)
    for _ in range(count):
        ask_import(sheet(row()), owner=f"staff:{staff_id}")
    with counted_statements() as statements:
        page = client.get(IMPORTS, headers=headers).get_json()
    assert len(page["items"]) == count
    assert len([statement for statement in statements if "kit_job" in statement]) == 1
