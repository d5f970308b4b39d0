"""A shop that has templates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories.notification import Desk, open_desk


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    """Its services, over the messenger in memory."""
    with open_desk(app) as desk:
        yield desk
