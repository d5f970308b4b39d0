"""The control API's part for payments, refunds and callbacks: play the user, look into the books."""

import dataclasses
from typing import Any

from flask import Blueprint, Response

from kit.wechat.simulator import control_shapes as shapes
from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.books import RefundRule
from kit.wechat.simulator.cashier import PARAMETERS, Wish
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.refunds import Refund
from kit.wechat.simulator.transactions import Transaction
from kit.wechat.simulator.world import World


def add_payments(api: Blueprint, world: World) -> None:
    cashier = world.cashier

    @api.post("/request-payment")
    def request_payment() -> Response:
        body = read_json(shapes.REQUEST_PAYMENT)
        parameters = {name: value for name, value in body.items() if name in PARAMETERS}
        return json_answer(cashier.request_payment(parameters, wish(body), openid=body.get("openid", "")))

    @api.post("/pay")
    def pay() -> Response:
        body = read_json(shapes.PAY)
        names = {name: body.get(name, "") for name in ("prepay_id", "out_trade_no", "openid")}
        return json_answer(cashier.pay(wish(body), **names))

    @api.post("/abandon")
    def abandon() -> Response:
        return json_answer(cashier.abandon(**read_json(shapes.ABANDON)))

    @api.post("/unknown-money")
    def unknown_money() -> Response:
        body = read_json(shapes.UNKNOWN_MONEY)
        identity = world.keyring.identity
        transaction = Transaction(
            out_trade_no=body["out_trade_no"],
            appid=identity.appid,
            mchid=identity.mchid,
            openid=body["openid"],
            total=body["total"],
            notify_url=body.get("notify_url", ""),
        )
        return json_answer(cashier.unknown_money(transaction, wish(body)))

    @api.get("/transactions")
    def transactions() -> Response:
        return json_answer([transaction_summary(transaction) for transaction in world.books.transactions()])


def add_refunds_and_callbacks(api: Blueprint, world: World) -> None:
    @api.get("/refunds")
    def refunds() -> Response:
        return json_answer([refund_summary(refund) for refund in world.books.refunds()])

    @api.post("/refunds/<out_refund_no>/finish")
    def finish_refund(out_refund_no: str) -> Response:
        return json_answer(world.refund_desk.finish(out_refund_no, read_json(shapes.FINISH)["state"]))

    @api.post("/refund-rule")
    def refund_rule() -> Response:
        world.refund_desk.set_rule(RefundRule(**read_json(shapes.REFUND_RULE)))
        return json_answer(vars(world.refund_desk.rule))

    @api.get("/deliveries")
    def deliveries() -> Response:
        return json_answer(world.notifier.deliveries())

    @api.post("/deliveries/<notice_id>/resend")
    def resend(notice_id: str) -> Response:
        world.notifier.resend(notice_id)
        return json_answer({}, 202)


def wish(body: dict[str, Any]) -> Wish:
    return Wish(body.get("payer_total"), body.get("override", {}), body.get("force", False))


def transaction_summary(transaction: Transaction) -> dict[str, Any]:
    """The books' own view: without what an override shows the merchant."""
    plain = dataclasses.replace(transaction, override={}).answer()
    own = {"openid": transaction.openid, "notify_url": transaction.notify_url, "override": transaction.override}
    return plain | own | {"prepay_ids": list(transaction.prepay_ids), "abandoned": transaction.abandoned}


def refund_summary(refund: Refund) -> dict[str, Any]:
    return refund.answer() | {"notify_url": refund.notify_url, "create_time": rfc3339(refund.create_time)}
