"""Mini-program server APIs: login, access token, phone number. Errors come with HTTP 200; nothing is signed."""

import secrets
from typing import Any

from flask import Blueprint, Response, request

from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.errors import MiniProgramError, PayError
from kit.wechat.simulator.fields import Flag, Shape, Text
from kit.wechat.simulator.keys import Identity
from kit.wechat.simulator.world import World

TOKEN_REQUEST = Shape(
    required={"grant_type": Text(32), "appid": Text(64, 0), "secret": Text(64, 0)}, optional={"force_refresh": Flag()}
)
PHONE_REQUEST = Shape(required={"code": Text(256)}, optional={"openid": Text(128)})


def miniprogram_api(world: World) -> Blueprint:
    api = Blueprint("miniprogram", __name__)
    books, identity = world.books, world.keyring.identity

    @api.get("/sns/jscode2session")
    def code_to_session() -> Response:
        arguments = request.args
        check_app(identity, arguments.get("appid", ""), arguments.get("secret", ""))
        if arguments.get("grant_type") != "authorization_code":
            raise MiniProgramError(40002)
        if not arguments.get("js_code"):
            raise MiniProgramError(41008)
        user, session_key = books.users.log_in(arguments["js_code"], appid=identity.appid)
        session = {"session_key": session_key, "openid": user.openid, "unionid": user.unionid}
        # WeChat really labels this one JSON answer as text.
        return json_answer(session, content_type="text/plain")

    @api.post("/cgi-bin/stable_token")
    def stable_token() -> Response:
        body = read_body(TOKEN_REQUEST)
        if body["grant_type"] != "client_credential":
            raise MiniProgramError(40002)
        check_app(identity, str(body["appid"]), str(body["secret"]))
        token, seconds = books.tokens.stable(force_refresh=bool(body.get("force_refresh")))
        return json_answer({"access_token": token, "expires_in": seconds})

    @api.post("/wxa/business/getuserphonenumber")
    def phone_number() -> Response:
        books.tokens.check(request.args.get("access_token", ""))
        user = books.users.show_phone(str(read_body(PHONE_REQUEST)["code"]), appid=identity.appid)
        phone = {
            "phoneNumber": user.phone,
            "purePhoneNumber": user.phone,
            "countryCode": "86",
            "watermark": {"timestamp": int(world.clock().timestamp()), "appid": identity.appid},
        }
        return json_answer({"errcode": 0, "errmsg": "ok", "phone_info": phone})

    return api


def check_app(identity: Identity, appid: str, secret: str) -> None:
    if appid != identity.appid:
        raise MiniProgramError(40013)
    if not secrets.compare_digest(secret.encode(), identity.app_secret.encode()):
        raise MiniProgramError(40125)


def read_body(shape: Shape) -> dict[str, Any]:
    try:
        return read_json(shape)
    except PayError:
        raise MiniProgramError(47001) from None
