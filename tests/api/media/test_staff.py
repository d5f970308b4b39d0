"""Staff upload, look at and delete files over HTTP."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from backend.media import facade
from backend.media.wiring import services
from tests.factories import media_files as made
from tests.factories.media import count_rows, files, upload
from tests.factories.statements import counted_statements
from tests.factories.user import staff_headers

MEDIA = "/admin/v1/media"


def send(
    client: FlaskClient, staff: dict[str, str], content: bytes, name: str = "a.jpg", mimetype: str = "image/jpeg"
) -> TestResponse:
    # Encoded here: the test client would leave a temporary file open for a large one.
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name, content_type=mimetype)})
    return client.post(MEDIA, data=body, headers=staff, content_type=f"multipart/form-data; boundary={boundary}")


def test_an_uploaded_picture_can_be_seen_and_used(client: FlaskClient, staff: dict[str, str]) -> None:
    answer = send(client, staff, made.with_places(), "红富士.jpg")
    assert answer.status_code == 201
    body: dict[str, Any] = dict(answer.json or {})
    assert body["reference"] == f"media:{body['key']}"
    assert body["url"] == f"http://127.0.0.1:8000/media/{body['key']}"
    assert set(body["variant_urls"]) == {"w200", "w400", "w800"}
    assert (body["kind"], body["mimetype"], body["filename"]) == ("image", "image/jpeg", "红富士.jpg")
    assert (body["width"], body["height"], body["uses"], body["users"], body["variants"]) == (48, 64, 0, [], [])
    shown = client.get(f"/media/{body['key']}")
    assert (shown.status_code, shown.mimetype, len(shown.data)) == (200, "image/jpeg", body["bytes"])


@pytest.mark.parametrize(
    ("content", "name", "mimetype", "kind"),
    [
        (made.video(), "photo.jpg", "image/jpeg", "video"),
        (made.picture("PNG"), "film.mp4", "video/mp4", "image"),
        (made.picture("WEBP"), "page.html", "text/html", "image"),
    ],
)
def test_what_a_file_is_is_decided_by_its_bytes(
    client: FlaskClient, staff: dict[str, str], content: bytes, name: str, mimetype: str, kind: str
) -> None:
    body: Any = send(client, staff, content, name, mimetype).json
    assert body["kind"] == kind
    assert client.get(f"/media/{body['key']}").mimetype == body["mimetype"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.jpg", "media.empty"),
        (made.HTML, "a.jpg", "media.unsupported"),
        (made.SVG, "a.png", "media.unsupported"),
        (made.bomb(), "a.png", "media.too_many_pixels"),
        (made.picture()[:300], "a.jpg", "media.picture_broken"),
        (made.moving(), "a.gif", "media.picture_moves"),
        (made.video(codec=b"vp09"), "a.mp4", "media.video_refused"),
        (made.video(seconds=4000), "a.mp4", "media.video_too_long"),
    ],
)
def test_hostile_and_unfit_files_are_refused_in_words(
    client: FlaskClient, staff: dict[str, str], content: bytes, name: str, code: str
) -> None:
    answer = send(client, staff, content, name)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == code
    assert (count_rows(), files()) == (0, [])


@pytest.mark.parametrize("data", [{}, {"file": "not a file"}, {"picture": (io.BytesIO(b"x"), "a.jpg")}])
def test_without_a_file_there_is_nothing_to_do(
    client: FlaskClient, staff: dict[str, str], data: dict[str, Any]
) -> None:
    answer = client.post(MEDIA, data=data, headers=staff, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.json is not None
    assert "file" in answer.json["errors"]


def test_an_upload_may_be_larger_than_other_requests_up_to_its_own_bound(
    client: FlaskClient, staff: dict[str, str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = app.config["MAX_CONTENT_LENGTH"]
    large = made.video(media=b"v" * (usual + 1))
    assert send(client, staff, large).status_code == 201
    monkeypatch.setattr(type(services()), "largest_body", usual)
    refused = send(client, staff, large)
    assert (refused.status_code, (refused.json or {})["code"]) == (413, "kit.too_large")
    assert count_rows() == 1


def test_strangers_cannot_make_the_shop_read_large_bodies(client: FlaskClient, app: Flask) -> None:
    for headers, status in (({}, 401), (staff_headers(app, permissions={"media:read"}), 403)):
        answer = send(client, headers, made.video(media=b"v" * 2_000_000))
        assert answer.status_code == status
    other = client.post("/admin/v1/categories", data=b"x" * 2_000_000, content_type="application/json")
    assert other.status_code in (401, 413)
    assert count_rows() == 0


def test_files_are_listed_newest_first_by_kind_and_use(client: FlaskClient, staff: dict[str, str]) -> None:
    first, film, last = upload(), upload(made.video()), upload()
    facade.use(keys=[first.key, film.key], user="product:1")

    def listed(**query: Any) -> list[str]:
        answer: Any = client.get(MEDIA, query_string=query, headers=staff).json
        return [item["key"] for item in answer["items"]]

    assert listed() == [last.key, film.key, first.key]
    assert listed(kind="image") == [last.key, first.key]
    assert listed(unused="true") == [last.key]
    assert listed(unused="false", kind="video") == [film.key]
    page: Any = client.get(MEDIA, query_string={"limit": 2}, headers=staff).json
    assert listed(cursor=page["next_cursor"]) == [first.key]
    detail: Any = client.get(f"{MEDIA}/{first.id}", headers=staff).json
    assert (detail["users"], detail["uses"]) == (["product:1"], 1)


def test_deleting_is_for_what_nobody_uses(client: FlaskClient, staff: dict[str, str]) -> None:
    row = upload()
    facade.use(keys=[row.key], user="product:1")
    refused = client.delete(f"{MEDIA}/{row.id}", headers=staff)
    assert refused.status_code == 409
    assert refused.json is not None
    assert (refused.json["code"], refused.json["errors"]) == ("media.in_use", {"users": ["product:1"]})
    assert client.get(f"/media/{row.key}").status_code == 200
    facade.use(keys=[], user="product:1")
    assert client.delete(f"{MEDIA}/{row.id}", headers=staff).status_code == 204
    assert client.get(f"/media/{row.key}").status_code == 404
    assert client.delete(f"{MEDIA}/{row.id}", headers=staff).status_code == 404
    assert client.get(f"{MEDIA}/{row.id}", headers=staff).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "permissions"),
    [
        ("POST", MEDIA, {"media:read", "media:delete"}),
        ("GET", MEDIA, {"media:upload", "media:delete"}),
        ("GET", f"{MEDIA}/1", {"media:upload", "media:delete"}),
        ("DELETE", f"{MEDIA}/1", {"media:read", "media:upload"}),
    ],
)
def test_each_door_has_its_permission(
    client: FlaskClient, app: Flask, method: str, path: str, permissions: set[str]
) -> None:
    headers = staff_headers(app, permissions=permissions)
    assert client.open(path, method=method, headers=headers).status_code == 403


@pytest.mark.parametrize("rows", [1, 5, 20])
def test_the_list_takes_as_many_statements_for_twenty_as_for_one(
    client: FlaskClient, staff: dict[str, str], rows: int
) -> None:
    for _ in range(rows):
        upload()
    with counted_statements() as statements:
        assert client.get(MEDIA, headers=staff).status_code == 200
    assert len(statements) == 3
    with counted_statements() as statements:
        assert client.get(f"{MEDIA}/{upload().id}", headers=staff).status_code == 200
