"""WeChat Pay v3: bills and their files."""

from datetime import date
from functools import partial

from flask import Blueprint, Response, g, request

from kit.wechat.simulator.answers import json_answer
from kit.wechat.simulator.bill_desk import Link
from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.merchant_gate import only_our_merchant
from kit.wechat.simulator.trade_bill import HEADERS
from kit.wechat.simulator.world import World

ACCOUNTS = ("BASIC", "OPERATION", "FEES")


def bill_api(world: World) -> Blueprint:
    api = Blueprint("bill", __name__, url_prefix="/v3")
    api.before_request(partial(only_our_merchant, world))
    desk = world.bill_desk

    @api.get("/bill/tradebill")
    def trade_bill() -> Response:
        return announced(desk.trade(day(), choice("bill_type", tuple(HEADERS))))

    @api.get("/bill/fundflowbill")
    def fund_bill() -> Response:
        return announced(desk.funds(day(), choice("account_type", ACCOUNTS)))

    @api.get("/billdownload/file")
    def file() -> Response:
        packed = request.args.get("tartype", "") == "gzip"
        content = desk.file(request.args.get("token", ""), packed=packed)
        # The one answer that WeChat does not sign: its hash was announced.
        g.unsigned = True
        return Response(content, content_type="application/x-gzip" if packed else "text/plain")

    return api


def announced(link: Link) -> Response:
    packed = choice("tar_type", ("", "GZIP")) == "GZIP"
    url = f"{request.host_url}v3/billdownload/file?token={link.token}{'&tartype=gzip' if packed else ''}"
    return json_answer({"hash_type": "SHA1", "hash_value": link.sha1, "download_url": url})


def day() -> date:
    text = request.args.get("bill_date", "")
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != text:
        raise PayError("PARAM_ERROR", "bill_date格式需为yyyy-MM-DD", field="/bill_date")
    return parsed


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """The query parameter, or the first of `allowed` when it is absent."""
    value = request.args.get(name, allowed[0])
    if value not in allowed:
        raise PayError("PARAM_ERROR", f"{name}取值有误", field=f"/{name}")
    return value
