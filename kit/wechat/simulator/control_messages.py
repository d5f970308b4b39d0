"""The control API's part for subscribe messages and shipping reports."""

from flask import Blueprint, Response, request

from kit.wechat.simulator import control_shapes as shapes
from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.world import World


def add_messages(api: Blueprint, world: World) -> None:
    messages = world.messages

    @api.post("/templates")
    def template() -> Response:
        body = read_json(shapes.TEMPLATE)
        messages.register(body["template_id"], body["fields"])
        return json_answer(body, 201)

    @api.post("/subscriptions")
    def subscribe() -> Response:
        body = read_json(shapes.SUBSCRIPTION)
        left = messages.subscribe(body["openid"], body["template_id"], body.get("times", 1))
        return json_answer({"left": left})

    @api.get("/messages")
    def sent() -> Response:
        return json_answer(messages.sent(request.args.get("openid", "")))


def add_shipments(api: Blueprint, world: World) -> None:
    @api.get("/shipments")
    def shipments() -> Response:
        return json_answer(world.shipping.all())

    @api.post("/trade-managed")
    def trade_managed() -> Response:
        world.shipping.managed = read_json(shapes.TRADE_MANAGED)["managed"]
        return json_answer({"managed": world.shipping.managed})
