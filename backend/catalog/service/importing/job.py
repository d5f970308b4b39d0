"""The import as a job: what a worker does with an uploaded file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, BinaryIO, cast

from backend.catalog.domain.jobs import CatalogJobFailure
from backend.catalog.service.importing.applying import ImportState
from backend.catalog.service.importing.fault import Fault, SheetRefused
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.importing.running import CatalogImport
from backend.catalog.service.importing.sheets import store_faults, storing_changes
from kit.job.failure import JobPaused, JobRefused
from kit.job.outcome import Outcome, ResultFile
from kit.job.work import Work
from kit.storage.port import NotStored, Storage

ERRORS, CHANGES = "errors", "changes"
"""Names of the files an import may leave."""
# One message of the queue may take ten minutes; the rest of a long import goes on in another.
_PAUSE_AFTER_SECONDS = 240.0
_STEPS = 1000
_PIECE = 1024 * 1024


class ImportRunner:
    """Checkpoints are `ImportState`s: a run that is killed, or pauses, is followed by one that goes on."""

    def __init__(self, importing: CatalogImport, storage: Storage) -> None:
        self.importing = importing
        self.storage = storage

    def run(self, work: Work) -> Outcome:
        """Counts and sheets. Raises `JobRefused` with the error sheet."""
        wanted = work.assignment.parameters
        with self._local_copy(wanted["upload"]) as file:
            try:
                return self._rehearse(file, work) if wanted["dry_run"] else self._import(file, work)
            except SheetRefused as refused:
                errors = self._fault_sheet(work, refused.faults, refused.count)
                raise JobRefused(CatalogJobFailure.FAULTY, _outcome(ImportOutcome(), refused.count, errors)) from None

    @contextmanager
    def _local_copy(self, key: str) -> Iterator[BinaryIO]:
        """Workbooks are read back and forth, which a bucket cannot do."""
        try:
            stored = self.storage.reading(key)
        except NotStored:
            raise JobRefused(CatalogJobFailure.UPLOAD_GONE) from None
        with tempfile.TemporaryFile(prefix="qiyuan-import-") as file:
            with stored:
                shutil.copyfileobj(stored, file, _PIECE)
            file.seek(0)
            yield cast(BinaryIO, file)

    def _import(self, file: BinaryIO, work: Work) -> Outcome:
        checkpoint, following = work.assignment.checkpoint, _Following(work)
        done = self.importing.run(
            file,
            operator=work.assignment.owner,
            now=work.clock(),
            state=None if checkpoint is None else ImportState.from_json(checkpoint["state"]),
            keep=following.keep,
            tell=following.tell,
        )
        errors = None
        if done.conflicts:
            errors = self._fault_sheet(work, done.conflicts, done.conflict_count)
        return _outcome(done.outcome, done.conflict_count, errors)

    def _rehearse(self, file: BinaryIO, work: Work) -> Outcome:
        format = work.assignment.parameters["format"]
        with storing_changes(self.storage, format, language=_language(work)) as (changes, note):
            outcome = self.importing.rehearse(
                file,
                operator=work.assignment.owner,
                now=work.clock(),
                note=note,
                tell=lambda done: _tell(work, done),
            )
        return Outcome(result=_result(outcome, 0), files={CHANGES: changes})

    def _fault_sheet(self, work: Work, faults: Sequence[Fault], count: int) -> ResultFile:
        format = work.assignment.parameters["format"]
        return store_faults(self.storage, format, faults, count, language=_language(work))


class _Following:
    """What the job hears of an import while it runs."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._percent = 0
        self._kept = False

    def tell(self, done: float) -> None:
        """Raises `JobPaused` once something was written and it has taken long."""
        self._percent = min(int(done * 100), 99)
        _tell(self._work, done)
        if self._kept and self._work.progress.seconds > _PAUSE_AFTER_SECONDS:
            raise JobPaused

    def keep(self, state: ImportState) -> None:
        """In the transaction that has brought the import there."""
        self._kept = True
        checkpoint = {"state": state.as_json(), **_result(state.outcome, state.conflict_count)}
        self._work.keep(checkpoint, percent=self._percent)


def _language(work: Work) -> str:
    """Of whoever asked. A job from before this was asked is Chinese."""
    return str(work.assignment.parameters.get("language", "zh"))


def _tell(work: Work, done: float) -> None:
    work.progress.reached(int(done * _STEPS), of=_STEPS)


def _outcome(outcome: ImportOutcome, faults: int, errors: ResultFile | None) -> Outcome:
    return Outcome(result=_result(outcome, faults), files={} if errors is None else {ERRORS: errors})


def _result(outcome: ImportOutcome, faults: int) -> dict[str, Any]:
    return {"counts": asdict(outcome), "faults": faults}
