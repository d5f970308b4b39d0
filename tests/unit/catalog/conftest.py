"""Domain objects make their own ids."""

from __future__ import annotations

import pytest

from kit.db.node import lease


@pytest.fixture(autouse=True)
def node() -> None:
    lease.pin(1)
