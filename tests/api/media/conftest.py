"""A folder of its own for the files of each test, and staff who may do everything with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.factories.media import storage
from tests.factories.user import staff_headers


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty."""
    monkeypatch.setattr(storage(), "folder", tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Their headers."""
    return staff_headers(app, permissions={"media:read", "media:upload", "media:delete"})
