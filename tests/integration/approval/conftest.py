"""An office with an executor plugged in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories.approval import Office, Rename, make_rule, plugged_in


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    """Staff, a customer, and the action that renames them; no rule yet."""
    with plugged_in(Rename()):
        yield Office()


@pytest.fixture
def asked(office: Office) -> int:
    """A pending request with one step."""
    make_rule(office.manager_role)
    return office.asked()
