"""An upload is there as a whole, row and bytes, or not at all."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from backend.media import facade
from backend.media.domain.error import MediaBusy, MediaEmpty, MediaTooLarge, MediaUnsupported, TooManyPixels, UploadLost
from backend.media.domain.facts import Bounds
from backend.media.domain.file import MediaKind, MediaState
from backend.media.domain.form import VARIANTS, variant_key
from backend.media.service import examining
from backend.media.service.examining import Examining
from backend.media.service.uploading import PATIENCE
from backend.media.wiring import services
from kit.domain.clock import utc_now
from kit.domain.error import DomainError
from kit.service.transaction import TransactionOpen, assert_no_transaction, in_transaction
from kit.storage.port import NotStored, StorageUnavailable
from tests.factories import media_files as made
from tests.factories.media import count_rows, files, row_of, storage, upload
from tests.support.outbox import waiting_tasks


def bytes_of(key: str) -> bytes:
    with storage().reading(key) as stream:
        return stream.read()


def test_a_picture_is_stored_with_what_is_known_of_it(app: Flask) -> None:
    now = utc_now()
    row = upload(made.with_places(), filename="IMG_1.HEIC", now=now)
    assert (row.kind, row.mimetype, row.state) == (MediaKind.IMAGE, "image/jpeg", MediaState.READY)
    assert row.key.endswith(".jpg")
    assert (row.width, row.height, row.duration_ms, row.uses) == (48, 64, None, 0)
    content = bytes_of(row.key)
    assert (row.bytes, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (row.filename, row.uploaded_by) == ("IMG_1.HEIC", "staff:7")
    assert waiting_tasks() == [("media.make_variants", {"file_id": row.id})]


def test_a_video_is_stored_as_it_came_and_needs_no_task(app: Flask) -> None:
    content = made.video(media=b"v" * 3_000_000)
    row = upload(content, filename="cat.avi")
    assert (row.kind, row.mimetype, row.duration_ms) == (MediaKind.VIDEO, "video/mp4", 12_000)
    assert (row.bytes, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert bytes_of(row.key) == content
    assert (waiting_tasks(), row.due_at) == ([], None)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", MediaEmpty),
        (made.SVG, MediaUnsupported),
        (made.HTML, MediaUnsupported),
        (b"MZ\x90\x00" * 100, MediaUnsupported),
        (made.bomb(), TooManyPixels),
        (made.video()[:200], DomainError),
    ],
)
def test_what_is_refused_leaves_neither_row_nor_file_nor_task(
    app: Flask, content: bytes, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        upload(content)
    assert (count_rows(), files(), waiting_tasks()) == (0, [], [])


@pytest.mark.parametrize("content", [made.picture("PNG", (400, 400)), made.video()])
def test_each_kind_has_its_own_bound(app: Flask, content: bytes) -> None:
    tight = Examining(Bounds(image_bytes=100, image_pixels=10**9, video_bytes=100, video_seconds=60))
    with pytest.raises(MediaTooLarge, match="at most 100 bytes"):
        tight.examine(io.BytesIO(content))


def test_when_too_many_pictures_are_read_at_once_the_next_is_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_PATIENCE_SECONDS", 0.01)
    door = Examining(Bounds(image_bytes=10**6, image_pixels=10**6, video_bytes=10**6, video_seconds=60))
    with door._slot(), door._slot(), pytest.raises(MediaBusy):
        door.examine(io.BytesIO(made.picture()))
    assert door.examine(io.BytesIO(made.picture())).facts.width == 64


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cat.jpg", "cat.jpg"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("", "file"),
        ("a\x00b.jpg", "a_b.jpg"),
        ("\ud800.jpg", "_.jpg"),
        ("名" * 300 + ".jpg", "名" * 96 + ".jpg"),
    ],
)
def test_names_are_kept_for_people_but_cannot_harm(app: Flask, name: str, kept: str) -> None:
    assert upload(filename=name).filename == kept


def test_no_transaction_is_open_while_bytes_are_read_or_stored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    uploading, asked = services().uploading, []
    examine, writing = uploading.examining.examine, storage().writing

    def examined(stream: Any) -> Any:
        assert_no_transaction()
        asked.append("examine")
        return examine(stream)

    def written(key: str) -> Any:
        assert_no_transaction()
        asked.append("write")
        return writing(key)

    monkeypatch.setattr(uploading.examining, "examine", examined)
    monkeypatch.setattr(storage(), "writing", written)
    row = upload()
    facade.make_variants(file_id=row.id)
    assert asked == ["examine", "write", "write", "write", "write"]
    with pytest.raises(TransactionOpen):
        in_transaction(upload)


def test_a_storage_that_fails_leaves_a_row_that_the_sweep_takes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    with monkeypatch.context() as patch:
        patch.setattr(storage(), "writing", _refuse)
        with pytest.raises(StorageUnavailable):
            upload(now=now)
    assert (count_rows(), files(), waiting_tasks()) == (1, [], [])
    assert facade.resume(now=now + PATIENCE - timedelta(seconds=1)) == 0
    assert facade.resume(now=now + PATIENCE) == 1
    ((_, arguments),) = waiting_tasks()
    facade.look_after(**arguments, now=now + PATIENCE)
    assert count_rows() == 0


def _refuse(_key: str) -> Any:
    raise StorageUnavailable


def test_an_upload_that_the_sweep_took_for_dead_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, now = storage().writing, utc_now()

    def slow(key: str) -> Any:
        (file_id,) = services().deleting.files.claim_due(now=now + PATIENCE, lease=timedelta(hours=1), limit=9)
        facade.look_after(file_id=file_id, now=now + PATIENCE)
        return writing(key)

    monkeypatch.setattr(storage(), "writing", slow)
    with pytest.raises(UploadLost):
        upload(now=now)
    assert (count_rows(), files()) == (0, [])


def test_variants_are_made_once_and_a_second_time_changes_nothing(app: Flask) -> None:
    row = upload(made.picture("PNG", (1000, 500)))
    facade.make_variants(file_id=row.id)
    done = row_of(row.id)
    assert (done.variants, done.due_at) == (["w200", "w400", "w800"], None)
    widths = {name: Image.open(io.BytesIO(bytes_of(variant_key(row.key, name)))).width for name in VARIANTS}
    assert widths == VARIANTS
    before = {path: path.stat().st_mtime_ns for path in files()}
    facade.make_variants(file_id=row.id)
    assert {path: path.stat().st_mtime_ns for path in files()} == before


def test_variants_that_were_forgotten_are_asked_for_again(app: Flask) -> None:
    now = utc_now()
    row = upload(now=now)
    assert facade.resume(now=now) == 0
    later = now + timedelta(minutes=6)
    assert facade.resume(now=later) == 1
    assert facade.resume(now=later) == 0
    facade.look_after(file_id=row.id, now=later)
    assert row_of(row.id).variants == ["w200", "w400", "w800"]


def test_variants_of_a_file_that_is_deleted_meanwhile_are_taken_back(
    app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = upload()
    writing, done = storage().writing, []

    def delete_first(key: str) -> Any:
        if not done:
            done.append(key)
            services().deleting.delete(row.id, now=utc_now())
        return writing(key)

    monkeypatch.setattr(storage(), "writing", delete_first)
    assert services().shrinking.make(file_id=row.id) is False
    assert (files(), count_rows()) == ([], 0)


def test_of_nothing_there_are_no_variants(app: Flask) -> None:
    video = upload(made.video())
    picture = upload()
    storage().delete(picture.key)
    assert [services().shrinking.make(file_id=file_id) for file_id in (1, video.id, picture.id)] == [False] * 3
    with pytest.raises(NotStored):
        storage().size(variant_key(picture.key, "w200"))
