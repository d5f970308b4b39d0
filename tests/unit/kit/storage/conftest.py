"""Both kinds of storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit.storage.disk import DiskStorage
from kit.storage.port import Storage
from kit.storage.s3 import Bucket, S3Storage
from tests.support.object_store import object_store

Open = Callable[[str], Storage]


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """One server for all tests of a worker; each test has areas of its own names."""
    with object_store() as made:
        yield made


@pytest.fixture(params=["disk", "s3"])
def open_area(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """The storage of an area, by its name; empty at first."""
    if request.param == "disk":
        yield lambda area: DiskStorage(tmp_path / area)
        return
    bucket: Bucket = request.getfixturevalue("bucket")
    made: dict[str, S3Storage] = {}

    def open_bucket(area: str) -> Storage:
        return made.setdefault(area, S3Storage(bucket, area=area))

    yield open_bucket
    for storage in made.values():
        _empty(storage)


@pytest.fixture
def storage(open_area: Open) -> Storage:
    """An empty one."""
    return open_area("reports")


def _empty(storage: S3Storage) -> None:
    client = storage._s3()
    for found in client.list_objects_v2(Bucket=storage.bucket.name).get("Contents", []):
        client.delete_object(Bucket=storage.bucket.name, Key=found["Key"])
    client.close()
