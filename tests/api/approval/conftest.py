"""An office whose staff speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories.approval import Office, Rename, plugged_in


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    """Staff, a customer, and the action that renames them; no rule yet."""
    with plugged_in(Rename()):
        yield Office()
