"""Mini-program server APIs around an order: subscribe messages and shipping reports."""

from typing import Any

from flask import Blueprint, Response, request

from kit.wechat.simulator.answers import json_answer
from kit.wechat.simulator.errors import MiniProgramError
from kit.wechat.simulator.fields import Flag, ListOf, Moment, OneOf, Shape, Text, Whole
from kit.wechat.simulator.miniprogram_api import read_body
from kit.wechat.simulator.world import World

OK = {"errcode": 0, "errmsg": "ok"}


class Cells:
    """`{"thing1": {"value": "…"}}`; what the values may be is the template's to judge."""

    def check(self, value: object, at: str) -> None:
        Shape(optional=dict.fromkeys(value, CELL) if isinstance(value, dict) else {}).check(value, at)


class Value:
    def check(self, value: object, at: str) -> None: ...


CELL = Shape(required={"value": Value()})
MESSAGE = Shape(
    required={"touser": Text(128, 0), "template_id": Text(128, 0), "data": Cells()},
    optional={
        "page": Text(1024, 0),
        "miniprogram_state": OneOf(("developer", "trial", "formal")),
        "lang": OneOf(("zh_CN", "en_US", "zh_HK", "zh_TW")),
    },
)


class Numbered:
    """One of the whole numbers 1 to `most`."""

    def __init__(self, most: int) -> None:
        self.most = most

    def check(self, value: object, at: str) -> None:
        Whole(1).check(value, at)
        OneOf(tuple(str(number) for number in range(1, self.most + 1))).check(str(value), at)


CONTACT = Shape(optional={"consignor_contact": Text(1024), "receiver_contact": Text(1024)})
PARCEL = Shape(
    required={"item_desc": Text(120)},
    optional={"tracking_no": Text(128, 0), "express_company": Text(128, 0), "contact": CONTACT},
)
SHIPPING = Shape(
    required={
        "order_key": Shape(
            required={"order_number_type": Numbered(2)},
            optional={"transaction_id": Text(32), "mchid": Text(32), "out_trade_no": Text(32)},
        ),
        "logistics_type": Numbered(4),
        "delivery_mode": Numbered(2),
        "shipping_list": ListOf(PARCEL),
        "upload_time": Moment(),
        "payer": Shape(required={"openid": Text(128)}),
    },
    optional={"is_all_delivered": Flag()},
)
MANAGED = Shape(required={"appid": Text(64)})


def message_api(world: World) -> Blueprint:
    api = Blueprint("message", __name__)

    @api.before_request
    def only_with_a_token() -> None:
        world.books.tokens.check(request.args.get("access_token", ""))

    @api.post("/cgi-bin/message/subscribe/send")
    def send() -> Response:
        world.messages.send(read_body(MESSAGE))
        return json_answer(OK)

    @api.post("/wxa/sec/order/upload_shipping_info")
    def upload() -> Response:
        world.shipping.upload(read_body(SHIPPING))
        return json_answer(OK)

    @api.post("/wxa/sec/order/is_trade_managed")
    def managed() -> Response:
        body: dict[str, Any] = read_body(MANAGED)
        if body["appid"] != world.keyring.identity.appid:
            raise MiniProgramError(40013)
        return json_answer(OK | {"is_trade_managed": world.shipping.managed})

    return api
