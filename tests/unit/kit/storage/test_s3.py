"""A bucket on a bad day: one error, in bounded time; nothing half done stays."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conf.settings import StorageSettings
from kit.storage.choosing import storage_of
from kit.storage.disk import DiskStorage
from kit.storage.port import NotStored, StorageUnavailable, new_key
from kit.storage.s3 import Bucket, S3Storage
from kit.storage.s3_stream import PART_BYTES, ObjectWriter
from tests.support.object_store import nobody_there

GUIDE = Path(__file__).parents[4] / "docs/guides/production.md"
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def storage(bucket: Bucket) -> Iterator[S3Storage]:
    made = S3Storage(bucket, area="media")
    yield made
    made.sweep(older_than=TOMORROW)
    made._s3().close()


def write(storage: S3Storage, content: bytes = b"content") -> str:
    key = new_key("jpg")
    with storage.writing(key) as stream:
        stream.write(content)
    return key


@pytest.mark.parametrize("act", ["write", "read", "size", "delete", "sweep"])
@pytest.mark.parametrize("wrong", ["nobody there", "no such bucket", "no address"])
def test_every_trouble_is_one_error_in_bounded_time(bucket: Bucket, act: str, wrong: str) -> None:
    where = {
        "nobody there": nobody_there(bucket),
        "no such bucket": replace(bucket, name="missing"),
        "no address": replace(bucket, endpoint="not an address"),
    }[wrong]
    storage, key = S3Storage(where, area="media"), new_key("jpg")
    acts: dict[str, Any] = {
        "write": lambda: write(storage),
        "read": lambda: storage.reading(key),
        "size": lambda: storage.size(key),
        "delete": lambda: storage.delete(key),
        "sweep": lambda: storage.sweep(older_than=TOMORROW),
    }
    began = time.monotonic()
    # A HEAD has no body to say that the bucket is what is missing.
    with pytest.raises(NotStored if (act, wrong) == ("size", "no such bucket") else StorageUnavailable):
        acts[act]()
    assert time.monotonic() - began < 8


def test_an_upload_that_breaks_off_leaves_no_parts(storage: S3Storage) -> None:
    def break_off() -> None:
        with storage.writing(new_key("mp4")) as stream:
            stream.write(b"x" * (PART_BYTES + 1))
            assert unfinished(storage) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert unfinished(storage) == 0


def test_parts_of_a_process_that_died_are_swept(storage: S3Storage) -> None:
    storage._s3().create_multipart_upload(Bucket=storage.bucket.name, Key=f"media/{new_key('mp4')}")
    storage._s3().create_multipart_upload(Bucket=storage.bucket.name, Key=f"others/{new_key('mp4')}")
    assert storage.sweep(older_than=TOMORROW) == 1
    assert unfinished(storage, "others/") == 1
    S3Storage(storage.bucket, area="others").sweep(older_than=TOMORROW)


def test_unfinished_uploads_are_swept_alone_and_asked_for_without_a_prefix(storage: S3Storage) -> None:
    """MinIO takes a prefix for the whole name of an object, and would name no upload at all."""
    key, asked = write(storage, b"x"), []
    client = storage._s3()
    client.create_multipart_upload(Bucket=storage.bucket.name, Key=f"media/{new_key('mp4')}")
    client.meta.events.register(
        "provide-client-params.s3.ListMultipartUploads", lambda params, **_: asked.append(params.get("Prefix"))
    )
    # The stand-in says of every upload that it began in 2010.
    assert storage.sweep_unfinished(older_than=datetime(2010, 1, 1, tzinfo=UTC)) == 0
    assert storage.sweep_unfinished(older_than=TOMORROW) == 1
    assert (set(asked), unfinished(storage), storage.size(key)) == ({None}, 0, 1)


def test_two_sweeps_at_once_do_not_stop_each_other(storage: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        storage._s3().create_multipart_upload(Bucket=storage.bucket.name, Key=f"media/{new_key('mp4')}")
    listed, others = S3Storage._listed, S3Storage(storage.bucket, area="media")

    def found_by_both(self: S3Storage, operation: str, member: str, **more: str) -> Iterator[dict[str, Any]]:
        found = list(listed(self, operation, member, **more))
        if self is storage:
            assert others.sweep_unfinished(older_than=TOMORROW) == 2
        return iter(found)

    monkeypatch.setattr(S3Storage, "_listed", found_by_both)
    assert storage.sweep_unfinished(older_than=TOMORROW) == 0


def test_the_guide_s_rule_for_the_bucket_is_one_that_s3_takes(storage: S3Storage) -> None:
    (rule,) = re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    storage._s3().put_bucket_lifecycle_configuration(
        Bucket=storage.bucket.name, LifecycleConfiguration=json.loads(rule)
    )
    (kept,) = storage._s3().get_bucket_lifecycle_configuration(Bucket=storage.bucket.name)["Rules"]
    assert (kept["Status"], kept["AbortIncompleteMultipartUpload"]) == ("Enabled", {"DaysAfterInitiation": 2})
    assert "Expiration" not in kept


def unfinished(storage: S3Storage, prefix: str = "media/") -> int:
    found = storage._s3().list_multipart_uploads(Bucket=storage.bucket.name, Prefix=prefix)
    return len(found.get("Uploads", []))


def test_a_file_is_uploaded_in_parts_from_eight_megabytes_on(storage: S3Storage) -> None:
    small, large = write(storage, b"x" * (PART_BYTES - 1)), write(storage, b"x" * (2 * PART_BYTES + 5))
    etags = [
        storage._s3().head_object(Bucket=storage.bucket.name, Key=f"media/{key}")["ETag"] for key in (small, large)
    ]
    assert ["-3" in etag for etag in etags] == [False, True]
    assert storage.size(large) == 2 * PART_BYTES + 5


def test_never_more_than_one_part_is_held_in_memory(storage: S3Storage) -> None:
    held = []
    with storage.writing(new_key("mp4")) as stream:
        assert isinstance(stream, ObjectWriter)
        for _ in range(20):
            stream.write(b"x" * 1024 * 1024)
            held.append(len(stream._buffer))
    assert max(held) < PART_BYTES


def test_the_store_is_not_asked_before_it_is_needed(bucket: Bucket) -> None:
    """A process that forks later shares no connection."""
    assert S3Storage(nobody_there(bucket), area="media")._client is None


def test_settings_choose_the_place_and_each_user_names_an_area(bucket: Bucket) -> None:
    disk = storage_of(StorageSettings(folder="/srv/files"), area="reports")
    assert isinstance(disk, DiskStorage)
    assert str(disk.folder) == "/srv/files/reports"
    chosen = storage_of(
        StorageSettings(
            kind="s3",
            bucket=bucket.name,
            endpoint=bucket.endpoint,
            region=bucket.region,
            key_id="key",
            secret="secret",
            path_style=True,
        ),
        area="media",
    )
    assert isinstance(chosen, S3Storage)
    assert chosen.size(write(chosen)) == 7
    chosen.sweep(older_than=TOMORROW)
    chosen._s3().close()


@pytest.mark.parametrize("area", ["", "..", "ab", "a/b", "Media", "x" * 21])
def test_an_area_cannot_lie_inside_another(area: str) -> None:
    with pytest.raises(ValueError, match="no name of an area"):
        storage_of(StorageSettings(), area=area)
