"""What every request carries: its id in the answer and in the logs, one access line, safe headers."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from loguru import logger

from kit.log.context import accepted_request_id, acting, request_id


def init_request_context(app: Flask) -> None:
    """Register the hooks."""
    app.before_request(_enter)
    app.after_request(_leave)
    app.teardown_request(_forget)


def _enter() -> None:
    g.started = time.perf_counter()
    g.acting = acting(request=accepted_request_id(request.headers.get("X-Request-ID")), actor=None)
    g.acting.__enter__()


def _leave(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id() or ""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    milliseconds = round((time.perf_counter() - g.started) * 1000, 1)
    # The path alone: query strings carry codes and cursors.
    logger.bind(
        logger="access", method=request.method, path=request.path, status=response.status_code, ms=milliseconds
    ).info("{} {} {} {} ms", request.method, request.path, response.status_code, milliseconds)
    return response


def _forget(_error: BaseException | None) -> None:
    entered = g.pop("acting", None)
    if entered is not None:
        entered.__exit__(None, None, None)
