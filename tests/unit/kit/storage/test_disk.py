"""What a disk promises beside the contract of every storage."""

from __future__ import annotations

import os
import tempfile
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


def test_what_is_unfinished_is_swept_alone(storage: DiskStorage) -> None:
    old, now = put(storage), datetime.now(UTC)
    orphan, young = storage.folder / "ab" / "tmp123.part", storage.folder / "ab" / "tmp456.part"
    orphan.parent.mkdir(exist_ok=True)
    for path in (orphan, young):
        path.write_bytes(b"x")
    before = (now - timedelta(hours=2)).timestamp()
    for path in (orphan, storage.folder / old[:2] / old):
        os.utime(path, (before, before))
    assert storage.sweep_unfinished(older_than=now - timedelta(hours=1)) == 1
    assert sorted(path.name for path in files(storage)) == sorted([old, "tmp456.part"])


def test_sweeping_before_the_first_file_finds_nothing(storage: DiskStorage) -> None:
    assert storage.sweep(older_than=datetime.now(UTC)) == 0


def problem_for_a_stranger(storage: DiskStorage) -> str | None:
    """What a user without rights is told; root, who may everything, becomes one in a child process."""
    if os.geteuid() != 0:
        return storage.problem()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setuid(65534)
            os.write(writing, (storage.problem() or "").encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return told.read() or None


def test_a_folder_that_is_there_or_can_be_made_is_no_problem_and_is_left_alone(storage: DiskStorage) -> None:
    assert storage.problem() is None
    assert not storage.folder.exists()
    put(storage)
    assert storage.problem() is None


def test_a_file_in_the_place_of_the_folder_is_named(storage: DiskStorage) -> None:
    storage.folder.write_bytes(b"")
    assert storage.problem() == f"cannot be a folder: {storage.folder} is a file"
    below = DiskStorage(storage.folder / "deeper")
    assert below.problem() == f"cannot be a folder: {storage.folder} is a file"


@pytest.mark.parametrize(("mode", "words"), [(0o555, "cannot be written: "), (0o700, "cannot be reached: ")])
def test_somebody_else_s_folder_is_named(tmp_path: Path, mode: int, words: str) -> None:
    closed = Path(tempfile.mkdtemp())  # tmp_path itself lies below a folder of its owner
    closed.chmod(mode if os.geteuid() == 0 else mode & 0o555 & ~0o111 if mode == 0o700 else mode)
    try:
        problem = problem_for_a_stranger(DiskStorage(closed / "files"))
        assert problem is not None
        assert problem.startswith(words)
        assert str(closed) in problem
    finally:
        closed.chmod(0o700)
        closed.rmdir()
