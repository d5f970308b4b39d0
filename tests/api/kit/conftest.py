"""kit's tests run in an application that also has the probe."""

from tests.support.probed import session_app, subjects

__all__ = ["session_app", "subjects"]
