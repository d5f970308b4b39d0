"""Refusals of a token endpoint as OAuth 2.0 clients read them (RFC 6749 section 5.2), beside our own shape."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from flask import Response, current_app
from werkzeug.exceptions import HTTPException

from kit.api.error import render_domain, render_http
from kit.domain.error import DomainError

V = TypeVar("V", bound=Callable[..., Any])

_ERRORS = {401: "invalid_grant", 403: "invalid_grant", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}


def oauth_errors(view: V) -> V:
    """Add `error` and `error_description` to what is refused below: Swagger UI shows these two and nothing else.

    Statuses stay ours (the RFC has 400), and the description is in the reader's language (the RFC has ASCII): clients
    go by `error`, and staff read the rest. Stands above the throttle.
    """

    @functools.wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except DomainError as error:
            answer = render_domain(error)
        except HTTPException as error:
            answer = render_http(error)
        return _with_oauth(answer)

    return cast("V", answered)


def _with_oauth(answer: Response) -> Response:
    body = answer.get_json()
    answer.set_data(current_app.json.dumps(body | _said(answer.status_code, body["message"], body["errors"])))
    return answer


def _said(status: int, message: str, errors: Mapping[str, Any]) -> dict[str, str]:
    error = _ERRORS.get(status, "invalid_request")
    if error == "invalid_request" and "grant_type" in errors:
        error = "unsupported_grant_type"
    fields = [f"{field}: {' '.join(map(str, texts))}" for field, texts in errors.items() if isinstance(texts, list)]
    return {"error": error, "error_description": " · ".join([message, *fields])}
