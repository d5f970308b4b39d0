"""The whole way of a file through a bucket: uploaded, shrunk, served in parts, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.media import facade
from backend.media.wiring import build, services
from kit.domain.clock import utc_now
from kit.storage.s3 import S3Storage
from tests.factories import media_files as made
from tests.factories.media import upload
from tests.support.object_store import object_store


@pytest.fixture
def bucket(app: Flask) -> Iterator[S3Storage]:
    """The application keeps media there until the test ends."""
    before = services()
    with object_store() as place:
        storage = S3Storage(place, area="media")
        addresses = before.addresses.base
        services.install(app, build(storage, before.bounds, base=addresses, keep=timedelta(days=30)))
        yield storage
        storage._s3().close()
    services.install(app, before)


def objects(storage: S3Storage) -> list[str]:
    listed: Any = storage._s3().list_objects_v2(Bucket=storage.bucket.name)
    return [found["Key"] for found in listed.get("Contents", [])]


def test_the_whole_way_of_a_picture(bucket: S3Storage, client: FlaskClient) -> None:
    row = upload(made.picture("PNG", (900, 600)))
    assert objects(bucket) == [f"media/{row.key}"]
    facade.make_variants(file_id=row.id)
    assert len(objects(bucket)) == 4
    whole, small = client.get(f"/media/{row.key}"), client.get(f"/media/{row.key}/w200")
    assert (whole.status_code, len(whole.data), small.status_code) == (200, row.bytes, 200)
    assert len(small.data) < len(whole.data)
    services().deleting.delete(row.id, now=utc_now())
    assert objects(bucket) == []
    assert client.get(f"/media/{row.key}").status_code == 404


def test_a_large_video_in_parts(bucket: S3Storage, client: FlaskClient) -> None:
    content = made.video(media=bytes(range(256)) * 40_000)
    row = upload(content)
    part = client.get(f"/media/{row.key}", headers={"Range": "bytes=5000000-5000099"})
    assert (part.status_code, part.data) == (206, content[5_000_000:5_000_100])
    assert client.get(f"/media/{row.key}").data == content


def test_sweeping_reports_leaves_media(bucket: S3Storage) -> None:
    row = upload()
    reports = S3Storage(bucket.bucket, area="reports")
    assert reports.sweep(older_than=datetime.now(UTC) + timedelta(days=1)) == 0
    assert bucket.size(row.key) == row.bytes
    reports._s3().close()
