"""The sweep of tries to log in reads its index: anybody can make these rows, so there may be many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, text

from backend.user.domain.login_guard import LoginGuard
from backend.user.wiring import services as user
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.integration.explain.plan import ROWS, flaws

pytestmark = pytest.mark.mysql_only


def many_tries() -> None:
    """To log in, a minute from one to the next."""
    now = utc_now()
    rows = [
        {"key": f"{'+' if number % 9 == 0 else ''}guess-{number}", "tries": 1}
        | {"last_try_at": now - timedelta(minutes=number)}
        for number in range(ROWS)
    ]
    db.session.execute(insert(LoginGuard), rows)
    db.session.execute(text("ANALYZE TABLE usr_login_guard"))


@pytest.mark.commits
def test_tries_of_long_ago_are_found_by_an_index(app: Flask) -> None:
    many_tries()
    db.session.execute(text("COMMIT"))
    old = utc_now() - timedelta(days=1)
    assert flaws(lambda: user().sweeping.guards.delete_idle(since=old, known_since=old, limit=1000)) == []
