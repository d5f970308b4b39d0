"""A test client whose requests do not see the test's own application context."""

from __future__ import annotations

import contextvars
from typing import Any

from flask.testing import FlaskClient

from kit.db.extension import db


class IsolatedClient(FlaskClient):
    """Flask reuses a pushed application context for requests: `g` and the session would leak from test to request."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        # An open savepoint of the test's session would swallow what the request commits.
        db.session.rollback()
        db.session.expire_all()
        return contextvars.Context().run(super().open, *args, **kwargs)
