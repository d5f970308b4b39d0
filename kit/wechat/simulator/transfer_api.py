"""WeChat Pay v3: transfers to users."""

from functools import partial

from flask import Blueprint, Response, request

from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.merchant_gate import only_our_merchant
from kit.wechat.simulator.transfer_rules import TRANSFER
from kit.wechat.simulator.world import World


def transfer_api(world: World) -> Blueprint:
    api = Blueprint("transfer", __name__, url_prefix="/v3/fund-app/mch-transfer/transfer-bills")
    api.before_request(partial(only_our_merchant, world))
    desk = world.transfer_desk

    @api.post("")
    def transfer() -> Response:
        return json_answer(desk.request(read_json(TRANSFER), request.headers.get("Wechatpay-Serial", "")))

    @api.get("/out-bill-no/<out_bill_no>")
    def query(out_bill_no: str) -> Response:
        return json_answer(desk.query(out_bill_no=out_bill_no))

    @api.get("/transfer-bill-no/<transfer_bill_no>")
    def query_by_id(transfer_bill_no: str) -> Response:
        return json_answer(desk.query(transfer_bill_no=transfer_bill_no))

    @api.post("/out-bill-no/<out_bill_no>/cancel")
    def cancel(out_bill_no: str) -> Response:
        return json_answer(desk.cancel(out_bill_no))

    return api
