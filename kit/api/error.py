"""The one place where failures become answers: ours, Flask's, smorest's and the database's.

Every error is ``{"code", "message", "errors", "request_id"}``; `code` is stable; `message`, and every
sentence in `errors`, follow Accept-Language.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, request
from loguru import logger
from marshmallow import Schema, fields
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from kit.db.error import is_unreachable
from kit.domain.error import DomainError, ErrorKind, Unavailable
from kit.domain.words import said
from kit.log.context import request_id

STATUS = {
    ErrorKind.MALFORMED: 400,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.GONE: 410,
    ErrorKind.INVALID: 422,
    ErrorKind.LIMITED: 429,
    ErrorKind.UNAVAILABLE: 503,
}

HTTP_MESSAGES = {
    400: ("kit.malformed", "请求格式错误", "The request cannot be read"),
    401: ("auth.token_invalid", "登录已失效，请重新登录", "Log in again"),
    403: ("kit.forbidden", "没有权限", "Not allowed"),
    404: ("kit.not_found", "没有这个地址", "There is nothing at this address"),
    405: ("kit.method_not_allowed", "不支持的请求方法", "This method is not supported here"),
    406: ("kit.not_acceptable", "无法提供所要求的格式", "That format is not available"),
    408: ("kit.request_timeout", "请求超时", "The request took too long to arrive"),
    413: ("kit.too_large", "请求内容过大", "The request body is too large"),
    414: ("kit.address_too_long", "请求地址过长", "The address is too long"),
    415: ("kit.unsupported_media_type", "请以 application/json 提交", "Send application/json"),
    422: ("kit.invalid", "提交的内容有误", "The input is not valid; see errors"),
    429: ("kit.too_many_requests", "请求过于频繁，请稍后再试", "Too many requests; slow down"),
    503: ("kit.unavailable", "服务暂时不可用，请稍后再试", "Temporarily unavailable; try again later"),
}
INTERNAL = ("kit.internal", "服务器内部错误，请联系客服并提供 request_id", "Internal error; report the request_id")
_RETRY_AFTER_SECONDS = {429: 60, 503: 5}


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached."""

    code = "kit.database_unavailable"
    zh = "服务暂时不可用，请稍后再试"
    en = "The database cannot be reached; try again later"


class ErrorSchema(Schema):
    """The body of every answer that is not a success."""

    code = fields.String(required=True, metadata={"description": "Stable error code", "example": "order.not_payable"})
    message = fields.String(required=True, metadata={"description": "For people, zh or en by Accept-Language"})
    errors = fields.Dict(
        required=True, metadata={"description": "Offending fields or objects, in the same language", "example": {}}
    )
    request_id = fields.String(required=True, metadata={"description": "Also in X-Request-ID and in the logs"})


def init_errors(app: Flask) -> None:
    """Register the handlers. HTTPException is registered by `kit.api.document.Api`, which calls `render_http`."""
    app.register_error_handler(DomainError, render_domain)
    app.register_error_handler(SQLAlchemyError, render_database)
    app.register_error_handler(HTTPException, render_http)
    app.register_error_handler(Exception, render_unexpected)


def language() -> str:
    """``en`` when the client prefers it over Chinese, else ``zh``."""
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], default="zh")[:2]


def render_domain(error: DomainError) -> Response:
    """An expected failure."""
    status = STATUS[error.kind]
    if status >= 500:
        logger.warning("{}: {}", error.code, error)
    answer = _answer(status, error.code, error.message(language()), error.errors)
    if status in _RETRY_AFTER_SECONDS:
        seconds = error.params.get("retry_after_seconds", _RETRY_AFTER_SECONDS[status])
        answer.headers["Retry-After"] = str(seconds)
    return answer


def render_database(error: SQLAlchemyError) -> Response:
    """A database that is away is 503; anything else it says here is our bug."""
    if is_unreachable(error):
        logger.error("database unreachable: {}", error)
        return render_domain(DatabaseUnavailable())
    return render_unexpected(error)


def render_http(error: HTTPException) -> Response:
    """What Flask, Werkzeug and smorest raise."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # an answer somebody built on purpose
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # werkzeug types it as its own Response; ours is Flask's
    code, zh, en = HTTP_MESSAGES.get(status, INTERNAL)
    details: dict[str, Any] = getattr(error, "data", None) or {}
    errors = details.get("messages") or details.get("errors") or {}
    answer = _answer(status, code, zh if language() == "zh" else en, _without_location(errors))
    for name, value in [*error.get_headers(), *(details.get("headers") or {}).items()]:
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            answer.headers[name] = value
    return answer


def render_unexpected(error: Exception) -> Response:
    """A bug: the client learns nothing but the request id, the log everything."""
    logger.opt(exception=error).error("unexpected error on {} {}", request.method, request.path)
    code, zh, en = INTERNAL
    return _answer(500, code, zh if language() == "zh" else en, {})


def _without_location(errors: Any) -> dict[str, Any]:
    """smorest says ``{"json": {"quantity": [...]}}``; the client only knows its own fields."""
    if not isinstance(errors, dict):
        return {"_": errors}
    flat: dict[str, Any] = {}
    for key, value in errors.items():
        if key in ("json", "query", "path", "headers", "files", "form") and isinstance(value, dict):
            flat.update(value)
        else:
            flat[key] = value
    return flat


def _answer(status: int, code: str, message: str, errors: dict[str, Any]) -> Response:
    body = {"code": code, "message": message, "errors": said(errors, language()), "request_id": request_id()}
    # A lone surrogate in a name the client has sent is no UTF-8: with a backslash it is JSON again.
    content = current_app.json.dumps(body).encode(errors="backslashreplace")
    answer = Response(content, status=status, mimetype="application/json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
