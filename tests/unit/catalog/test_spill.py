"""What an import keeps outside memory while it reads a sheet."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from backend.catalog.service.importing.sheet import Row
from backend.catalog.service.importing.spill import Spill


def test_nothing_is_left_of_a_process_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no name when the process dies is gone with it: sheets have costs in them."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with Spill() as spill:
        for number in range(100):
            spill.keep("APPLE", Row(number, {"详情": "x" * 100_000}))
        assert list(tmp_path.iterdir()) == []
        assert (spill.arrange(), len(next(spill.chunks(1))[0].rows)) == (1, 100)
