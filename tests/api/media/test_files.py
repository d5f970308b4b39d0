"""What everybody may fetch: whole, in parts, cached for ever, and never anything but what it is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.media import facade
from kit.storage.port import StorageUnavailable, new_key
from tests.factories import media_files as made
from tests.factories.media import storage, upload
from tests.factories.statements import counted_statements

FOR_EVER = "public, max-age=31536000, immutable"


def stored(key: str) -> bytes:
    with storage().reading(key) as stream:
        return stream.read()


def test_a_picture_is_served_as_what_it_is_and_may_be_kept_for_ever(client: FlaskClient) -> None:
    row = upload()
    answer = client.get(f"/media/{row.key}")
    assert (answer.status_code, answer.data) == (200, stored(row.key))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.headers["ETag"] == f'"{row.key}"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_who_has_it_already_gets_no_bytes(client: FlaskClient) -> None:
    row = upload()
    etag = client.get(f"/media/{row.key}").headers["ETag"]
    answer = client.get(f"/media/{row.key}", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (304, b"", FOR_EVER)
    assert client.get(f"/media/{row.key}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_says_how_much_there_is(client: FlaskClient) -> None:
    row = upload()
    answer = client.head(f"/media/{row.key}")
    assert (answer.status_code, answer.data, answer.content_length) == (200, b"", row.bytes)


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        ("bytes=0-99", 206, slice(0, 100), "bytes 0-99/{size}"),
        ("bytes=100-", 206, slice(100, None), "bytes 100-{last}/{size}"),
        ("bytes=-10", 206, slice(-10, None), "bytes {tail}-{last}/{size}"),
        ("bytes=5-99999999", 206, slice(5, None), "bytes 5-{last}/{size}"),
        ("bytes=99999999-", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=0-1,5-6", 200, slice(None), None),
        ("chapters=1-2", 200, slice(None), None),
        ("bytes=junk", 200, slice(None), None),
    ],
)
def test_a_video_is_served_in_parts(
    client: FlaskClient, asked: str, status: int, part: slice, said: str | None
) -> None:
    content = made.video(media=bytes(range(256)) * 4000)
    row = upload(content)
    answer = client.get(f"/media/{row.key}", headers={"Range": asked})
    assert answer.status_code == status
    assert answer.data == content[part]
    size = len(content)
    assert answer.headers.get("Content-Range") == (said and said.format(size=size, last=size - 1, tail=size - 10))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.content_length == len(answer.data)


def test_a_part_of_something_else_is_not_mixed_in(client: FlaskClient) -> None:
    row = upload(made.video())
    stale = client.get(f"/media/{row.key}", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    fresh = client.get(f"/media/{row.key}", headers={"Range": "bytes=0-9", "If-Range": f'"{row.key}"'})
    assert (stale.status_code, fresh.status_code) == (200, 206)


def test_until_a_variant_is_made_the_picture_itself_is_served_for_a_moment(client: FlaskClient) -> None:
    row = upload(made.picture("PNG", (1000, 800)))
    before = client.get(f"/media/{row.key}/w200")
    assert (before.data, before.headers["Cache-Control"]) == (stored(row.key), "public, max-age=60")
    facade.make_variants(file_id=row.id)
    after = client.get(f"/media/{row.key}/w200")
    assert (after.status_code, after.mimetype, after.headers["Cache-Control"]) == (200, "image/png", FOR_EVER)
    assert len(after.data) < len(before.data)
    assert after.headers["ETag"] != before.headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "{other}",
        "{key}/w999",
        "{key}/..%2f{key}",
        "{bits}.w200",
        "{bits}.part",
        "{bits}.JPG",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "{film}/w200",
        "{key}/w200/w200",
    ],
)
def test_nothing_else_is_here(client: FlaskClient, path: str) -> None:
    row, film = upload(), upload(made.video())
    facade.make_variants(file_id=row.id)
    address = path.format(key=row.key, bits=row.key[:32], film=film.key, other=new_key("jpg"))
    answer = client.get(f"/media/{address}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_serving_asks_no_database(client: FlaskClient) -> None:
    row = upload()
    with counted_statements() as statements:
        assert client.get(f"/media/{row.key}").status_code == 200
        assert client.get(f"/media/{row.key}/w400").status_code == 200
        assert client.get(f"/media/{new_key('jpg')}").status_code == 404
    assert list(statements) == []


def test_a_storage_that_does_not_answer_is_503(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload()

    def refuse(_key: str) -> Any:
        raise StorageUnavailable

    monkeypatch.setattr(storage(), "size", refuse)
    answer = client.get(f"/media/{row.key}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
