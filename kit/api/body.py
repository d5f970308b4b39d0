"""Requests whose bodies may be larger than the others'."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import request

V = TypeVar("V", bound=Callable[..., Any])

_MOST_PARTS = 20


def large_body(limit: Callable[[], int]) -> Callable[[V], V]:
    """Take bodies of up to `limit()` bytes in this view alone. Stands below the guard: strangers send nothing large."""

    def decorate(view: V) -> V:
        @functools.wraps(view)
        def widened(*args: Any, **kwargs: Any) -> Any:
            request.max_content_length = limit()
            request.max_form_parts = _MOST_PARTS
            return view(*args, **kwargs)

        return cast("V", widened)

    return decorate
