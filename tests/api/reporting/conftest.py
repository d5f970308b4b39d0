"""Staff who may export, a buyer, and a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.factories.order import Buyer, make_buyer
from tests.factories.reporting import storage
from tests.factories.user import make_staff, member_headers, staff_headers

KEY = {"Idempotency-Key": "intent-number-1"}


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty."""
    monkeypatch.setattr(storage(), "folder", tmp_path / "storage")
    return tmp_path / "storage"


@pytest.fixture
def staff_id(app: Flask) -> int:
    """Somebody who may export and see their own reports."""
    return make_staff({"reporting:export", "reporting:read"})


@pytest.fixture
def staff(app: Flask, staff_id: int) -> dict[str, str]:
    """Their headers, with a key for one intent."""
    return staff_headers(app, staff_id) | KEY


@pytest.fixture
def buyer(app: Flask) -> Buyer:
    """A customer who can order."""
    return make_buyer()


@pytest.fixture
def member(app: Flask, buyer: Buyer) -> dict[str, str]:
    """Their headers, with a key for one intent."""
    return member_headers(app, buyer.id) | KEY
