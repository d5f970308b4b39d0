"""Served by gunicorn in the test: says what was patched, and whether the shop's libraries came first."""

from __future__ import annotations

import json
import sys

from eventlet import patcher

# What would have been imported too early would be here already.
SEEN = {name: patcher.is_monkey_patched(name) for name in ("socket", "thread", "time")}
SEEN["sqlalchemy_before"] = "sqlalchemy" in sys.modules


def app(_environ, start_response):
    """WSGI."""
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(SEEN).encode()]
