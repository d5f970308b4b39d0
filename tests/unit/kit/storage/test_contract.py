"""What every storage promises, on a disk and in a bucket alike."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest

from kit.storage.port import NotStored, Storage, new_key
from tests.unit.kit.storage.conftest import Open

HOUR = timedelta(hours=1)
NO_KEYS = [
    "../../etc/passwd",
    "/etc/passwd",
    "a" * 32,
    f"{'a' * 32}.",
    f"{'A' * 32}.csv",
    f"{'a' * 32}.csv\n",
    f"{'a' * 32}.csv\x00",
    f"{'a' * 31}/.csv",
    f"../{'a' * 29}.csv",
    "",
    ".",
    f"{'a' * 32}.tar.gz",
]


def put(storage: Storage, content: bytes = b"content", *, extension: str = "csv") -> str:
    key = new_key(extension)
    with storage.writing(key) as stream:
        stream.write(content)
    return key


def read(storage: Storage, key: str, **part: int) -> bytes:
    with storage.reading(key, **part) as stream:
        return stream.read()


def count(storage: Storage) -> int:
    """How many files there are; they are gone then."""
    return storage.sweep(older_than=datetime.now(UTC) + HOUR)


def test_what_was_written_is_read(storage: Storage) -> None:
    key = put(storage)
    assert (read(storage, key), storage.size(key)) == (b"content", 7)


def test_an_empty_file_is_a_file(storage: Storage) -> None:
    key = put(storage, b"")
    assert (read(storage, key), storage.size(key)) == (b"", 0)


@pytest.mark.parametrize(
    ("start", "length", "part"), [(0, 3, b"con"), (3, 2, b"te"), (5, 99, b"nt"), (6, 1, b"t"), (0, 7, b"content")]
)
def test_a_part_can_be_read(storage: Storage, start: int, length: int, part: bytes) -> None:
    assert read(storage, put(storage), start=start, length=length) == part


def test_the_rest_can_be_read(storage: Storage) -> None:
    assert read(storage, put(storage), start=3) == b"tent"


def test_until_it_is_whole_there_is_no_file_or_the_old_one(storage: Storage) -> None:
    key = put(storage, b"old")
    with storage.writing(key) as stream:
        stream.write(b"new, and longer")
        assert read(storage, key) == b"old"
    assert read(storage, key) == b"new, and longer"


@pytest.mark.parametrize("size", [4, 9 * 1024 * 1024])
@pytest.mark.parametrize("failure", [OSError, KeyboardInterrupt])
def test_a_failure_leaves_nothing_behind(storage: Storage, failure: type[BaseException], size: int) -> None:
    key = new_key("csv")

    def break_off() -> None:
        with storage.writing(key) as stream:
            stream.write(b"x" * size)
            raise failure

    with pytest.raises(failure):
        break_off()
    with pytest.raises(NotStored):
        storage.reading(key)
    assert count(storage) == 0


def test_a_large_file_passes_through_in_pieces(storage: Storage) -> None:
    key, piece, digest = new_key("mp4"), os.urandom(1024 * 1024), hashlib.sha256()
    with storage.writing(key) as stream:
        for _ in range(20):
            stream.write(piece)
            digest.update(piece)
    assert storage.size(key) == 20 * len(piece)
    found = hashlib.sha256()
    with storage.reading(key) as content:
        while part := content.read(1024 * 1024):
            found.update(part)
    assert found.digest() == digest.digest()


@pytest.mark.parametrize("key", NO_KEYS)
def test_nothing_but_a_key_names_a_file(storage: Storage, key: str) -> None:
    put(storage)
    with pytest.raises(NotStored):
        storage.reading(key)
    with pytest.raises(NotStored):
        storage.size(key)
    with pytest.raises(NotStored):
        storage.delete(key)
    with pytest.raises(NotStored), storage.writing(key):
        pass
    assert count(storage) == 1


def test_a_deleted_file_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    key = put(storage)
    storage.delete(key)
    storage.delete(key)
    with pytest.raises(NotStored):
        storage.reading(key)
    with pytest.raises(NotStored):
        storage.size(key)


def test_sweeping_takes_what_is_old_and_leaves_what_is_not(storage: Storage) -> None:
    keys = {put(storage) for _ in range(3)}
    now = datetime.now(UTC)
    assert storage.sweep(older_than=now - HOUR) == 0
    assert {key for key in keys if storage.size(key) == 7} == keys
    assert storage.sweep(older_than=now + HOUR) == 3
    assert storage.sweep(older_than=now + HOUR) == 0


def test_nobody_sees_or_sweeps_the_files_of_another_area(open_area: Open) -> None:
    reports, media = open_area("reports"), open_area("media")
    report, photo = put(reports), put(media, extension="jpg")
    for storage, key in ((reports, photo), (media, report)):
        with pytest.raises(NotStored):
            storage.size(key)
        storage.delete(key)
    assert count(reports) == 1
    assert read(media, photo) == b"content"
