"""Files in a bucket that speaks S3: AWS, MinIO, Aliyun OSS, Tencent COS."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from loguru import logger

from kit.storage.port import NotStored, StorageUnavailable, checked_area, checked_key
from kit.storage.s3_stream import ObjectReader, ObjectWriter

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
# Of a writer this is a failure, of a sweep it is not.
_ABSENT_PARTS = _ABSENT | {"NoSuchUpload"}


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Where the bucket is, and who we are there. Without `key_id` boto3 looks for credentials itself (a role)."""

    name: str
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = ""
    path_style: bool = False
    connect_seconds: float = 3
    read_seconds: float = 10


class S3Storage:
    """Objects ``area/key``. An object is visible once its upload is complete: S3 promises that itself."""

    def __init__(self, bucket: Bucket, *, area: str) -> None:
        self.bucket = bucket
        self.area = checked_area(area)
        self._lock = threading.Lock()
        self._client: Any = None

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        writer = ObjectWriter(self._s3(), self.bucket.name, self._name(key), _told)
        try:
            yield cast(BinaryIO, writer)
            writer.complete()
        except BaseException:
            writer.abort()
            raise

    def reading(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        asked = {"Bucket": self.bucket.name, "Key": self._name(key)}
        if start or length is not None:
            # S3 counts the last byte as inside. Nobody asks for no bytes at all.
            asked["Range"] = f"bytes={start}-" if length is None else f"bytes={start}-{start + length - 1}"
        with _told():
            body = self._s3().get_object(**asked)["Body"]
        return cast(BinaryIO, ObjectReader(body, _told))

    def size(self, key: str) -> int:
        with _told():
            return int(self._s3().head_object(Bucket=self.bucket.name, Key=self._name(key))["ContentLength"])

    def delete(self, key: str) -> None:
        with _told():
            self._s3().delete_object(Bucket=self.bucket.name, Key=self._name(key))

    def sweep(self, *, older_than: datetime) -> int:
        swept = 0
        for found in self._listed("list_objects_v2", "Contents", Prefix=f"{self.area}/"):
            if found["LastModified"] < older_than:
                # One by one: stores that only resemble S3 differ in how they want many deleted.
                with _told():
                    self._s3().delete_object(Bucket=self.bucket.name, Key=found["Key"])
                swept += 1
        return swept + self.sweep_unfinished(older_than=older_than)

    def sweep_unfinished(self, *, older_than: datetime) -> int:
        swept = 0
        # Without a prefix: MinIO takes one for a whole name, and would show none.
        for found in self._listed("list_multipart_uploads", "Uploads"):
            if found["Key"].startswith(f"{self.area}/") and found["Initiated"] < older_than:
                try:
                    with _told(_ABSENT_PARTS):
                        self._s3().abort_multipart_upload(
                            Bucket=self.bucket.name, Key=found["Key"], UploadId=found["UploadId"]
                        )
                    swept += 1
                except NotStored:
                    continue  # another sweep was faster
        return swept

    def _listed(self, operation: str, member: str, **more: str) -> Iterator[dict[str, Any]]:
        with _told():
            for page in self._s3().get_paginator(operation).paginate(Bucket=self.bucket.name, **more):
                yield from page.get(member, [])

    def _name(self, key: str) -> str:
        return f"{self.area}/{checked_key(key)}"

    def _s3(self) -> Any:
        # Made at first use, so that no process inherits the connections of the one that forked it.
        with self._lock:
            if self._client is None:
                with _told():
                    self._client = _client(self.bucket)
            return self._client


def _client(bucket: Bucket) -> Any:
    config = Config(
        connect_timeout=bucket.connect_seconds,
        read_timeout=bucket.read_seconds,
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=16,
        signature_version="s3v4",
        s3={"addressing_style": "path" if bucket.path_style else "virtual"},
        # botocore's newer checksums are unknown to stores that only resemble S3.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or None,
        aws_access_key_id=bucket.key_id or None,
        aws_secret_access_key=bucket.secret or None,
        config=config,
    )


@contextmanager
def _told(absent: Collection[str] = _ABSENT) -> Iterator[None]:
    """Whatever goes wrong is one of our two errors; the log keeps what the store said."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in absent:
            raise NotStored("no such object") from None
        logger.error("the object store refused: {}", error)
        raise StorageUnavailable from error
    except (BotoCoreError, ValueError) as error:
        # ValueError: an endpoint that is no address.
        logger.error("the object store cannot be reached: {!r}", error)
        raise StorageUnavailable from error
