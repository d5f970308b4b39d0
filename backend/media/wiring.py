"""Builds media's services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from backend.media.domain.facts import Bounds
from backend.media.repository.media import MediaRepository
from backend.media.service.addresses import Addresses
from backend.media.service.deleting import Deleting
from backend.media.service.examining import Examining
from backend.media.service.query import MediaQuery
from backend.media.service.serving import Serving
from backend.media.service.shrinking import Shrinking
from backend.media.service.uploading import Uploading
from backend.media.service.using import Using
from conf.settings import Settings
from kit.context.wiring import Wired
from kit.storage.choosing import storage_of
from kit.storage.port import Storage

# What multipart adds around the file: boundaries and headers.
_WRAPPING = 65_536


@dataclass(frozen=True)
class MediaServices:
    """One object per capability."""

    storage: Storage
    bounds: Bounds
    uploading: Uploading
    using: Using
    shrinking: Shrinking
    deleting: Deleting
    serving: Serving
    addresses: Addresses
    query: MediaQuery

    @property
    def largest_body(self) -> int:
        """Bytes of the largest request that may be a fine upload."""
        return self.bounds.bytes + _WRAPPING


services: Wired[MediaServices] = Wired("media")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    media = settings.media
    bounds = Bounds(
        image_bytes=media.max_image_bytes,
        image_pixels=media.max_image_pixels,
        video_bytes=media.max_video_bytes,
        video_seconds=media.max_video_seconds,
    )
    storage = storage_of(settings.storage, area="media")
    base = media.public_url or settings.http.public_url.rstrip("/") + "/media"
    services.install(app, build(storage, bounds, base=base, keep=timedelta(days=media.keep_unused_days)))


def build(storage: Storage, bounds: Bounds, *, base: str, keep: timedelta) -> MediaServices:
    """The services over a place for files."""
    files = MediaRepository()
    shrinking = Shrinking(files, storage)
    return MediaServices(
        storage=storage,
        bounds=bounds,
        uploading=Uploading(files, storage, Examining(bounds)),
        using=Using(files),
        shrinking=shrinking,
        deleting=Deleting(files, storage, shrinking, keep=keep),
        serving=Serving(storage),
        addresses=Addresses(base),
        query=MediaQuery(),
    )
