"""What a disk promises beside the contract of every storage."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.storage.disk import DiskStorage
from kit.storage.port import NotStored, new_key


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    """An empty one; its folder does not exist yet."""
    return DiskStorage(tmp_path / "files")


def put(storage: DiskStorage, content: bytes = b"content") -> str:
    key = new_key("csv")
    with storage.writing(key) as stream:
        stream.write(content)
    return key


def files(storage: DiskStorage) -> list[Path]:
    return [path for path in storage.folder.rglob("*") if path.is_file()]


def test_a_file_is_for_its_owner_alone(storage: DiskStorage) -> None:
    put(storage)
    assert [path.stat().st_mode & 0o077 for path in files(storage)] == [0]


def test_keys_are_random() -> None:
    assert len({new_key("csv") for _ in range(100)}) == 100
    with pytest.raises(NotStored):
        new_key("../x")


def test_sweeping_takes_old_files_and_unfinished_ones_and_nothing_that_is_not_ours(storage: DiskStorage) -> None:
    old, fresh = put(storage), put(storage)
    now = datetime.now(UTC)
    before = (now - timedelta(hours=2)).timestamp()
    orphan = storage.folder / "ab" / "tmp123.part"
    foreign = storage.folder / "README.md"
    orphan.parent.mkdir(exist_ok=True)
    for path in (orphan, foreign):
        path.write_bytes(b"x")
    for path in (orphan, foreign, storage.folder / old[:2] / old):
        os.utime(path, (before, before))
    assert storage.sweep(older_than=now - timedelta(hours=1)) == 2
    assert sorted(path.name for path in files(storage)) == sorted([fresh, "README.md"])


def test_sweeping_before_the_first_file_finds_nothing(storage: DiskStorage) -> None:
    assert storage.sweep(older_than=datetime.now(UTC)) == 0
