"""Somebody begins to use a file while somebody else deletes it: one of the two wins, and no use dangles."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.media import facade
from backend.media.domain.error import MediaInUse, MediaNotFound
from backend.media.domain.file import MediaFile, MediaState
from backend.media.domain.use import MediaUse
from backend.media.facade import UnknownMedia
from backend.media.repository.media import MediaRepository
from backend.media.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.service.transaction import LostRace
from kit.storage.port import NotStored
from tests.factories.media import counted_right, row_of, storage, upload, uses_of
from tests.support.fresh import fresh_session
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
ROUNDS = 12


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage(), "folder", tmp_path)


def dangling() -> list[str]:
    """Keys that somebody uses and that are not there."""
    fresh_session()
    query = select(MediaFile.key, MediaFile.state).join(MediaUse, MediaUse.file_id == MediaFile.id)
    found = []
    for row in db.session.execute(query):
        try:
            storage().size(row.key)
        except NotStored:
            found.append(row.key)
        else:
            found += [row.key] if row.state is not MediaState.READY else []
    fresh_session()
    return found


def race(app: Flask, end: Callable[[Any], None]) -> list[list[Any]]:
    """Results of using and of `end`, for one fresh file after the other."""
    results = []
    for number in range(ROUNDS):
        row = upload()
        use = lambda row=row, number=number: facade.use(keys=[row.key], user=f"product:{number}")  # noqa: E731
        results.append(at_once(app, [use, lambda row=row: end(row)]))
    return results


def test_a_file_is_used_or_deleted_never_both(app: Flask) -> None:
    results = race(app, lambda row: services().deleting.delete(row.id, now=utc_now()))
    for used, deleted in results:
        assert (used is None) is not (deleted is None)
        assert used is None or isinstance(used, UnknownMedia)
        assert deleted is None or isinstance(deleted, MediaInUse)
    assert dangling() == []
    assert counted_right()


def test_the_sweep_and_a_late_use(app: Flask) -> None:
    later = utc_now() + timedelta(days=31)
    results = race(app, lambda row: facade.sweep(now=later))
    assert [used for used, _ in results if not (used is None or isinstance(used, UnknownMedia))] == []
    assert dangling() == []
    assert counted_right()


def test_control_a_deletion_that_looks_first_and_acts_then_leaves_holes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: MediaRepository, file_id: int, state: MediaState, *, due_at: datetime) -> bool:
        row = self.look(file_id)
        time.sleep(0.1)
        if row is None or row.state is not state or row.uses:
            return False
        self.session.execute(update(MediaFile).where(MediaFile.id == file_id).values(state=MediaState.DELETING))
        return True

    monkeypatch.setattr(MediaRepository, "doom", careless)
    race(app, lambda row: services().deleting.delete(row.id, now=utc_now()))
    assert dangling() != []


def test_control_a_use_that_only_looks_leaves_holes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: MediaRepository, file_ids: Any, *, user: str) -> bool:
        time.sleep(0.1)
        self.session.execute(update(MediaFile).where(MediaFile.id.in_(list(file_ids))).values(uses=MediaFile.uses + 1))
        rows = [MediaUse(file_id=file_id, user=user) for file_id in file_ids]
        self.session.add_all(rows)
        return True

    monkeypatch.setattr(MediaRepository, "take", careless)
    # The bytes go before the row, which the use then keeps from being forgotten.
    monkeypatch.setattr(MediaRepository, "forget", lambda self, file_id: None)
    race(app, lambda row: services().deleting.delete(row.id, now=utc_now()))
    assert dangling() != []


def test_two_at_once_for_the_same_user_agree(app: Flask) -> None:
    for number in range(ROUNDS):
        first, second = upload(), upload()
        user = f"product:{number}"
        results = at_once(
            app,
            [
                lambda key=first.key, user=user: facade.use(keys=[key], user=user),
                lambda key=second.key, user=user: facade.use(keys=[key], user=user),
                lambda key=first.key, user=user: facade.use(keys=[key], user=user),
            ],
        )
        assert [found for found in results if not (found is None or isinstance(found, LostRace))] == []
        assert uses_of(user) <= {first.key, second.key}
        assert uses_of(user)
        assert counted_right()


def test_two_deletions_at_once(app: Flask) -> None:
    for _ in range(ROUNDS):
        row = upload()
        results = at_once(app, [lambda row=row: services().deleting.delete(row.id, now=utc_now())] * 3)
        assert results.count(None) >= 1
        assert [found for found in results if not (found is None or isinstance(found, MediaNotFound))] == []
        assert row_of(row.id) is None
