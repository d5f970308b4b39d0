"""The folder for files: can this user write there?"""

from __future__ import annotations

from pathlib import Path

from conf.settings import Settings
from task.doctor.finding import Finding, or_fine
from task.readiness import storage_problems


def examine_storage(settings: Settings) -> list[Finding]:
    """STORAGE_FOLDER; web and worker must both be able to write there, so ask as the user they run as."""
    return or_fine("storage", storage_problems(settings), f"{Path(settings.storage.folder).absolute()} can be written")
