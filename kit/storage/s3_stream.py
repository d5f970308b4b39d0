"""The two ends of an object: written part by part as the bytes come, read as they arrive."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from urllib3.exceptions import HTTPError

from kit.storage.port import StorageUnavailable

PART_BYTES = 8 * 1024 * 1024  # S3 takes 10,000 parts, and none below 5 MiB but the last

Told = Callable[[], AbstractContextManager[None]]


class ObjectWriter(io.RawIOBase):
    """Holds one part in memory. What fits into it is one PUT; more is a multipart upload, completed or aborted."""

    def __init__(self, client: Any, bucket: str, name: str, told: Told) -> None:
        self._client = client
        self._target = {"Bucket": bucket, "Key": name}
        self._told = told
        self._buffer = bytearray()
        self._upload: dict[str, Any] | None = None
        self._parts: list[dict[str, Any]] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._buffer += content
        while len(self._buffer) >= PART_BYTES:
            self._send(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]
        return len(content)

    def complete(self) -> None:
        """The object is there when this returns."""
        with self._told():
            if self._upload is None:
                self._client.put_object(**self._target, Body=bytes(self._buffer))
                return
            if self._buffer:
                self._send(bytes(self._buffer))
            self._client.complete_multipart_upload(**self._upload, MultipartUpload={"Parts": self._parts})
            self._upload = None

    def abort(self) -> None:
        """There is no object; parts that cannot be taken back now are found by the next sweep."""
        upload, self._upload = self._upload, None
        if upload is not None:
            with suppress(StorageUnavailable, LookupError), self._told():
                self._client.abort_multipart_upload(**upload)

    def _send(self, content: bytes) -> None:
        with self._told():
            if self._upload is None:
                started = self._client.create_multipart_upload(**self._target)
                self._upload = {**self._target, "UploadId": started["UploadId"]}
            number = len(self._parts) + 1
            sent = self._client.upload_part(**self._upload, PartNumber=number, Body=content)
            self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


class ObjectReader(io.RawIOBase):
    """An object's body; a connection that breaks on the way is `StorageUnavailable`, never a short file."""

    def __init__(self, body: Any, told: Told) -> None:
        self._body = body
        self._told = told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            with self._told():
                content = self._body.read(len(buffer))
        except (HTTPError, OSError) as error:
            raise StorageUnavailable from error
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._body.close()
        super().close()
