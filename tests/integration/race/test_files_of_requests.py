"""A change that shows a file is submitted while the sweep takes the file: no request waits for what is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.approval.service import submitting
from backend.media import facade as media
from backend.media.facade import UnknownMedia
from kit.domain.clock import utc_now
from tests.factories.approval import Office, Rename, approve, make_rule, plugged_in, state_of
from tests.factories.media import counted_right, row_of, storage, upload
from tests.support.threads import at_once

pytestmark = pytest.mark.mysql_only
ROUNDS = 12
LATER = timedelta(days=31)


class Show(Rename):
    """The change needs the file, as a product that shows it does."""

    def apply(self, subject: str, payload: Any, mandate: Any, now: Any) -> Any:
        media.use(keys=media.keys_in(texts=[payload["picture"]]), user=subject)
        return super().apply(subject, payload, mandate, now)


@pytest.fixture
def office(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Whose every change waits."""
    monkeypatch.setattr(storage(), "folder", tmp_path)
    with plugged_in(Show()):
        office = Office()
        make_rule(office.manager_role)
        yield office


def sweep_after(seconds: float) -> int:
    """The sweep is the quicker one: it meets the submission at every point only when it starts later and later."""
    time.sleep(seconds)
    return media.sweep(now=utc_now())


def race(app: Flask, office: Office) -> Iterator[tuple[Any, Any]]:
    """What submitting came to, and the file's row afterwards, once for each round."""
    for number in range(ROUNDS):
        file = upload(now=utc_now() - LATER)
        ask = lambda file=file: office.asked(picture=f"media:{file.key}")  # noqa: E731  # bound to this round
        asked, swept = at_once(app, [ask, lambda number=number: sweep_after(number * 0.005)])
        assert isinstance(swept, int), swept
        # Whoever was late comes once more.
        media.sweep(now=utc_now())
        yield asked, row_of(file.id)


def test_a_request_waits_or_its_file_goes_never_both(app: Flask, office: Office) -> None:
    for asked, row in race(app, office):
        assert isinstance(asked, int) is (row is not None)
        assert isinstance(asked, int | UnknownMedia), asked
        if isinstance(asked, int):
            approve(asked, office.manager)
            assert state_of(asked) == "approved"
    assert counted_right()


def test_control_without_the_hold_requests_wait_for_what_is_gone(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "hold_files", lambda request: None)
    assert [asked for asked, row in race(app, office) if isinstance(asked, int) and row is None] != []


def test_of_a_decision_and_the_sweep_none_leaves_a_hole(app: Flask, office: Office) -> None:
    for number in range(ROUNDS):
        file = upload(now=utc_now() - LATER)
        asked = office.asked(picture=f"media:{file.key}")
        decide = lambda asked=asked: approve(asked, office.manager)  # noqa: E731  # bound to this round
        decided, _ = at_once(app, [decide, lambda number=number: sweep_after(number * 0.003)])
        assert decided.state.value == "approved", decided
        media.sweep(now=utc_now() + 2 * LATER)
        assert row_of(file.id).uses == 1
    assert counted_right()
