"""Staff routes of media."""

from __future__ import annotations

from typing import Any

from backend.media.domain.error import (
    MediaBusy,
    MediaEmpty,
    MediaInUse,
    MediaNotFound,
    MediaTooLarge,
    MediaUnsupported,
    PictureBroken,
    PictureMoves,
    TooManyPixels,
    UploadLost,
    VideoRefused,
    VideoTooLong,
)
from backend.media.permission import MediaPermission
from backend.media.schema.file import MediaArguments, MediaFileDetailSchema, MediaFileSchema, UploadSchema
from backend.media.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.body import large_body
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject
from kit.storage.port import StorageUnavailable

admin = StaffBlueprint("media_admin", __name__, description="媒体 Uploaded pictures and videos", tag="媒体 Media")


@admin.route("/media", methods=["POST"])
@requires(MediaPermission.UPLOAD)
@raises(
    MediaEmpty,
    MediaUnsupported,
    MediaTooLarge,
    TooManyPixels,
    PictureBroken,
    PictureMoves,
    VideoRefused,
    VideoTooLong,
    UploadLost,
    MediaBusy,
    StorageUnavailable,
)
@large_body(lambda: services().largest_body)
@admin.arguments(UploadSchema, location="files")
@admin.response(201, MediaFileDetailSchema)
def upload_media(sent: dict[str, Any]) -> Any:
    """Upload a picture or a video (上传). What it is is decided by its content, never by its name.

    Pictures are stored anew: upright, at most 2560 pixels wide or high, without metadata (no places, no cameras).
    Put the `reference` of the answer where a picture is asked for. What nobody uses is deleted after some weeks.
    """
    file = sent["file"]
    file_id = services().uploading.upload(
        file.stream, filename=file.filename or "", uploaded_by=current_subject().actor, now=utc_now()
    )
    return services().query.file(file_id)


@admin.route("/media", methods=["GET"])
@requires(MediaPermission.READ)
@admin.arguments(MediaArguments, location="query")
@admin.response(200, page_of(MediaFileSchema))
def list_media(filters: dict[str, Any]) -> Any:
    """Uploaded files (素材), newest first."""
    return services().query.files(**filters)


@admin.route("/media/<id:file_id>", methods=["GET"])
@requires(MediaPermission.READ)
@raises(MediaNotFound)
@admin.response(200, MediaFileDetailSchema)
def show_media(file_id: int) -> Any:
    """A file, and who uses it."""
    return services().query.file(file_id)


@admin.route("/media/<id:file_id>", methods=["DELETE"])
@requires(MediaPermission.DELETE)
@raises(MediaNotFound, MediaInUse, StorageUnavailable)
@admin.response(204)
def delete_media(file_id: int) -> None:
    """Delete a file that nobody uses (409 otherwise, naming who does). Caches may show it for a while."""
    services().deleting.delete(file_id, now=utc_now())
