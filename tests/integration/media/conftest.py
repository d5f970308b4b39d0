"""A folder of its own for the files of each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.factories.media import storage


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty."""
    monkeypatch.setattr(storage(), "folder", tmp_path / "media")
    return tmp_path / "media"
