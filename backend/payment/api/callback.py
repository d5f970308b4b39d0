"""WeChat's callbacks. 204 means committed; anything else makes WeChat try again. No login, no rate limit."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from loguru import logger
from werkzeug.exceptions import HTTPException

from backend.payment.domain.port import ForgedNotice
from backend.payment.wiring import PAYMENT_NOTIFY_PATH, REFUND_NOTIFY_PATH, services
from kit.domain.clock import utc_now
from kit.security.guard import public

callback = Blueprint("wechat_callback", __name__)


@callback.post(PAYMENT_NOTIFY_PATH)
@callback.post(REFUND_NOTIFY_PATH)
@public("WeChat proves itself by its signature")
def receive_notice() -> Response:
    """Store a verified notice."""
    services().noticing.receive(dict(request.headers), request.get_data(cache=False), now=utc_now())
    return Response(status=204)


@callback.errorhandler(ForgedNotice)
def refuse(error: ForgedNotice) -> tuple[Response, int]:
    """Not provably from WeChat."""
    logger.warning("callback refused: {}", error)
    return jsonify({"code": "FAIL", "message": str(error)}), 401


@callback.errorhandler(HTTPException)
def refuse_request(error: HTTPException) -> tuple[Response, int]:
    """Too large, broken off and the like."""
    return jsonify({"code": "FAIL", "message": error.name}), error.code or 400


@callback.errorhandler(Exception)
def fail(error: Exception) -> tuple[Response, int]:
    """Nothing was stored: WeChat must come again."""
    logger.opt(exception=error).error("callback failed")
    return jsonify({"code": "FAIL", "message": "not stored, send it again"}), 500
