"""HTTP answers in WeChat's form, and JSON bodies read strictly."""

import json
from typing import Any

from flask import Response, request

from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.fields import Shape


def json_answer(content: object, status: int = 200, content_type: str = "application/json; charset=utf-8") -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, content_type=content_type)


def read_json(shape: Shape) -> dict[str, Any]:
    """The request's body if it has the shape, else PayError(PARAM_ERROR)."""
    try:
        body: Any = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise PayError("PARAM_ERROR", "请求体不是合法的JSON") from None
    shape.check(body)
    checked: dict[str, Any] = body
    return checked
