"""The place for files: can this process write there?"""

from __future__ import annotations

from pathlib import Path

from conf.settings import Settings
from kit.storage.choosing import storage_of
from kit.storage.port import NotStored, StorageUnavailable, new_key
from task.doctor.finding import Finding, or_fine
from task.readiness import storage_problems


def examine_storage(settings: Settings) -> list[Finding]:
    """STORAGE_FOLDER; web and worker must both be able to write there, so ask as the user they run as."""
    if settings.storage.kind == "s3":
        return or_fine("storage", _bucket_problems(settings), f"bucket {settings.storage.bucket} takes and gives files")
    return or_fine("storage", storage_problems(settings), f"{Path(settings.storage.folder).absolute()} can be written")


def _bucket_problems(settings: Settings) -> list[str]:
    """Writes, reads and deletes one small object in an area of its own."""
    bucket, key = storage_of(settings.storage, area="doctor"), new_key("txt")
    try:
        with bucket.writing(key) as stream:
            stream.write(b"ok")
        size = bucket.size(key)
        bucket.delete(key)
    except (StorageUnavailable, NotStored) as error:
        return [
            f"STORAGE_BUCKET cannot be used: {error.__cause__ or error}; check endpoint, region, bucket, key, secret."
        ]
    return [] if size == 2 else ["STORAGE_BUCKET gives back something else than it was given."]
