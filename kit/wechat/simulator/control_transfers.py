"""The control API's part for transfers and bills: play the receiving user and the passing of days."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from kit.wechat.simulator import control_shapes as shapes
from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.transfer_desk import TransferRule
from kit.wechat.simulator.transfers import Transfer
from kit.wechat.simulator.wallet import PARAMETERS
from kit.wechat.simulator.world import World


def add_transfers(api: Blueprint, world: World) -> None:
    desk, wallet = world.transfer_desk, world.wallet

    @api.post("/request-transfer")
    def request_transfer() -> Response:
        body = read_json(shapes.REQUEST_TRANSFER)
        parameters = {name: value for name, value in body.items() if name in PARAMETERS}
        return json_answer(wallet.request_transfer(parameters, **decision(body)))

    @api.post("/transfers/<out_bill_no>/decide")
    def decide(out_bill_no: str) -> Response:
        return json_answer(wallet.decide(out_bill_no, **decision(read_json(shapes.DECISION))))

    @api.post("/transfers/<out_bill_no>/advance")
    def advance(out_bill_no: str) -> Response:
        body = read_json(shapes.ADVANCE)
        return json_answer(desk.play(out_bill_no, body["state"], body.get("fail_reason", "")))

    @api.get("/transfers")
    def transfers() -> Response:
        return json_answer([summary(transfer) for transfer in desk.all()])

    @api.post("/transfer-rule")
    def transfer_rule() -> Response:
        desk.rule = TransferRule(**read_json(shapes.TRANSFER_RULE))
        return json_answer(vars(desk.rule))


def add_bills(api: Blueprint, world: World) -> None:
    desk = world.bill_desk

    @api.post("/bills")
    def judge_bills_as_of() -> Response:
        given = read_json(shapes.BILLS).get("as_of")
        desk.as_of = datetime.fromisoformat(given) if given else desk.let_today_be_ready()
        return json_answer({"as_of": rfc3339(desk.as_of)})

    @api.delete("/bills")
    def judge_bills_by_the_clock() -> Response:
        desk.as_of = None
        return json_answer({"as_of": None})


def decision(body: dict[str, Any]) -> dict[str, str]:
    return {"decision": body.get("decision", "confirm"), "openid": body.get("openid", "")}


def summary(transfer: Transfer) -> dict[str, Any]:
    """The books' own view, with the package_info in every state."""
    own = ("transfer_scene_id", "transfer_scene_report_infos", "notify_url")
    given = {name: transfer.body.get(name, "") for name in own}
    return transfer.answer() | given | {"package_info": transfer.package_info}
