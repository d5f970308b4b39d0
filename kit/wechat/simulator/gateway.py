"""The front door: assembles the APIs into one Flask app, lets the weather strike, signs answers, keeps the journal."""

import socket
import time
from functools import partial
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from kit.wechat.simulator.answers import json_answer
from kit.wechat.simulator.bill_api import bill_api
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.control_api import PREFIX, control_api
from kit.wechat.simulator.errors import ControlError, MiniProgramError, PayError
from kit.wechat.simulator.journal import Entry
from kit.wechat.simulator.message_api import message_api
from kit.wechat.simulator.miniprogram_api import miniprogram_api
from kit.wechat.simulator.pay_api import pay_api
from kit.wechat.simulator.transfer_api import transfer_api
from kit.wechat.simulator.weather import REQUEST_FAULTS, Rule
from kit.wechat.simulator.world import World


def create_app(world: World) -> Flask:
    app = Flask(__name__, static_folder=None)
    for api in (pay_api, transfer_api, bill_api, miniprogram_api, message_api, control_api):
        app.register_blueprint(api(world))
    app.before_request(partial(strike, world))
    app.after_request(partial(finish, world))
    app.register_error_handler(PayError, pay_refusal)
    app.register_error_handler(MiniProgramError, miniprogram_refusal)
    app.register_error_handler(ControlError, control_refusal)
    app.register_error_handler(HTTPException, http_refusal)
    return app


def strike(world: World) -> Response | None:
    """A fault that keeps the request from being handled answers here."""
    if request.path.startswith(PREFIX):
        return None
    rule = g.rule = world.weather.take(request.path, REQUEST_FAULTS, request.method)
    if rule is None:
        return None
    if rule.fault == "refuse":
        raise PayError(rule.code, "模拟的错误")
    if rule.fault == "errcode":
        raise MiniProgramError(rule.errcode)
    if rule.fault == "drop_before":
        return Response(status=503)
    return broken_server(rule.status) if rule.fault == "5xx" else None


def broken_server(status: int) -> Response:
    if status == 500 and signs(request.path):
        raise PayError("SYSTEM_ERROR", "系统异常")
    # A gateway in front of WeChat has no key: its page is unsigned and no JSON.
    g.unsigned = True
    return Response("<html><body><h1>Bad Gateway</h1></body></html>", status, content_type="text/html")


def finish(world: World, response: Response) -> Response:
    if request.path.startswith(PREFIX):
        return response
    rule: Rule | None = g.get("rule")
    fault = rule.fault if rule else ""
    if signs(request.path) and not g.get("unsigned"):
        response.headers.update(world.signer.headers(response.get_data(), use="answers", fault=fault))
    write_down(world, response, fault)
    if rule and fault == "slow":
        time.sleep(rule.seconds)
    if fault in ("drop_before", "drop_after_accept"):
        connection: socket.socket = request.environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
    return response


def signs(path: str) -> bool:
    return path.startswith("/v3/")


def write_down(world: World, response: Response, fault: str) -> None:
    said: Any = response.get_json(force=True, silent=True) if response.get_data() else None
    refusal = said if isinstance(said, dict) else {}
    world.journal.write(
        Entry(
            at=rfc3339(world.clock()),
            method=request.method,
            path=request.path,
            status=response.status_code,
            code=str(refusal.get("code") or refusal.get("errcode") or ""),
            fault=fault,
            body=request.get_json(force=True, silent=True) if signs(request.path) else None,
        )
    )


def pay_refusal(error: PayError) -> Response:
    return json_answer(error.answer(), error.status)


def miniprogram_refusal(error: MiniProgramError) -> Response:
    return json_answer(error.answer())


def control_refusal(error: ControlError) -> Response:
    return json_answer({"message": error.message}, error.status)


def http_refusal(error: HTTPException) -> Response:
    code = "RESOURCE_NOT_EXISTS" if error.code == 404 else "INVALID_REQUEST"
    return json_answer({"code": code, "message": error.description}, error.code or 500)
