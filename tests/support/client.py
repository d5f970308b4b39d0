"""A test client whose requests do not see the test's own application context, and whose answers are documented ones."""

from __future__ import annotations

import contextvars
from typing import Any

from flask.testing import FlaskClient

from kit.db.extension import db
from tests.support.documented import assert_documented


class IsolatedClient(FlaskClient):
    """Flask reuses a pushed application context for requests: `g` and the session would leak from test to request."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        # An open savepoint of the test's session would swallow what the request commits.
        db.session.rollback()
        db.session.expire_all()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        assert_documented(self.application, answer)
        return answer
