"""Which place the files of one area have: chosen by settings."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from kit.storage.disk import DiskStorage
from kit.storage.port import Storage, checked_area


class StorageOptions(Protocol):
    """What has to be said about it; conf's settings do. `kind` is disk or s3."""

    @property
    def kind(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def bucket(self) -> str: ...
    @property
    def key_id(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def path_style(self) -> bool: ...


def storage_of(options: StorageOptions, *, area: str) -> Storage:
    """The storage of one `area`; it sees no file of another."""
    if options.kind == "disk":
        return DiskStorage(Path(options.folder) / checked_area(area))
    # boto3 takes 20 MB and a quarter of a second: only for those who use it.
    from kit.storage.s3 import Bucket, S3Storage  # noqa: PLC0415

    bucket = Bucket(
        name=options.bucket,
        endpoint=options.endpoint,
        region=options.region,
        key_id=options.key_id,
        secret=options.secret,
        path_style=options.path_style,
    )
    return S3Storage(bucket, area=area)
