"""WeChat Pay v3 for a direct merchant: JSAPI prepay, query, close, refund, platform certificates."""

from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, request

from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.merchant_gate import only_our_merchant
from kit.wechat.simulator.notices import encrypt
from kit.wechat.simulator.shapes import CLOSE, PREPAY, REFUND
from kit.wechat.simulator.world import World


def pay_api(world: World) -> Blueprint:
    api = Blueprint("pay", __name__, url_prefix="/v3")
    api.before_request(partial(only_our_merchant, world))
    books = world.books

    @api.post("/pay/transactions/jsapi")
    def prepay() -> Response:
        return json_answer({"prepay_id": books.prepay(read_json(PREPAY))})

    @api.get("/pay/transactions/out-trade-no/<out_trade_no>")
    def query(out_trade_no: str) -> Response:
        with books.lock:
            return json_answer(books.transaction(out_trade_no, mchid=mchid_of_query()).answer())

    @api.get("/pay/transactions/id/<transaction_id>")
    def query_by_id(transaction_id: str) -> Response:
        with books.lock:
            return json_answer(books.transaction_by_id(transaction_id, mchid=mchid_of_query()).answer())

    @api.post("/pay/transactions/out-trade-no/<out_trade_no>/close")
    def close(out_trade_no: str) -> Response:
        books.close(out_trade_no, read_json(CLOSE)["mchid"])
        return Response(status=204)

    @api.post("/refund/domestic/refunds")
    def refund() -> Response:
        return json_answer(world.refund_desk.request(read_json(REFUND)))

    @api.get("/refund/domestic/refunds/<out_refund_no>")
    def query_refund(out_refund_no: str) -> Response:
        return json_answer(world.refund_desk.query(out_refund_no))

    @api.get("/certificates")
    def certificates() -> Response:
        certificate = world.keyring.platform_certificate
        pem = certificate.public_bytes(Encoding.PEM).decode()
        entry = {
            "serial_no": world.keyring.platform_serial,
            "effective_time": rfc3339(certificate.not_valid_before_utc),
            "expire_time": rfc3339(certificate.not_valid_after_utc),
            "encrypt_certificate": encrypt(pem, "certificate", world.keyring.identity.apiv3_key),
        }
        return json_answer({"data": [entry]})

    return api


def mchid_of_query() -> str:
    mchid = request.args.get("mchid")
    if not mchid:
        raise PayError("PARAM_ERROR", "mchid必填", field="/mchid")
    return mchid
