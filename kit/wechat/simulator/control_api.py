"""The director's chair: play the user and the weather, look into the books. JSON, no authentication, loopback only."""

import dataclasses
from typing import Any

from flask import Blueprint, Response, request

from kit.wechat.simulator import control_shapes as shapes
from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.books import RefundRule
from kit.wechat.simulator.cashier import PARAMETERS, Wish
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.fields import Shape
from kit.wechat.simulator.refunds import Refund
from kit.wechat.simulator.settings_file import settings_of
from kit.wechat.simulator.transactions import Transaction
from kit.wechat.simulator.weather import Rule, Weather
from kit.wechat.simulator.world import World

PREFIX = "/_control"


def control_api(world: World) -> Blueprint:
    api = Blueprint("control", __name__, url_prefix=PREFIX)
    add_users(api, world)
    add_payments(api, world)
    add_refunds_and_callbacks(api, world)
    add_weather(api, "weather", world.weather, shapes.WEATHER)
    add_weather(api, "callback-weather", world.callback_weather, shapes.CALLBACK_WEATHER)
    add_overview(api, world)
    return api


def add_users(api: Blueprint, world: World) -> None:
    users = world.books.users

    @api.post("/users")
    def create_user() -> Response:
        wanted = {"appid": world.keyring.identity.appid, **read_json(shapes.USER)}
        return json_answer(vars(users.create(**wanted)))

    @api.post("/users/<openid>/login-code")
    def login_code(openid: str) -> Response:
        return json_answer({"code": users.login_code(openid)})

    @api.post("/users/<openid>/phone-code")
    def phone_code(openid: str) -> Response:
        return json_answer({"code": users.phone_code(openid)})

    @api.post("/access-token/expire")
    def expire_access_token() -> Response:
        world.books.tokens.expire()
        return json_answer({})


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


def add_weather(api: Blueprint, name: str, weather: Weather, shape: Shape) -> None:
    @api.post(f"/{name}", endpoint=f"add-{name}")
    def add() -> Response:
        rule = Rule(**read_json(shape))
        weather.add(rule)
        return json_answer(vars(rule), 201)


def add_overview(api: Blueprint, world: World) -> None:
    @api.delete("/weather")
    def clear_weather() -> Response:
        world.clear_weather()
        return json_answer({})

    @api.get("/state")
    def state() -> Response:
        return json_answer(
            {
                "users": [vars(user) for user in world.books.users.all()],
                "transactions": len(world.books.transactions()),
                "refunds": len(world.books.refunds()),
                "deliveries": len(world.notifier.deliveries()),
                "calls": world.journal.counts(),
                "access_tokens_issued": world.books.tokens.issued,
                "signing": world.signer.mode,
                "refund_rule": vars(world.refund_desk.rule),
                "weather": [vars(rule) for rule in world.weather.rules()],
                "callback_weather": [vars(rule) for rule in world.callback_weather.rules()],
            }
        )

    @api.get("/keys")
    def keys() -> Response:
        settings = settings_of(world.keyring, request.host_url.rstrip("/"))
        return json_answer(settings | {"WECHAT_PAY_PLATFORM_SERIAL": world.keyring.platform_serial})

    @api.get("/requests")
    def requests() -> Response:
        return json_answer(world.journal.entries(request.args.get("prefix", "")))

    @api.post("/signing")
    def signing() -> Response:
        world.signer.mode.update(read_json(shapes.SIGNING))
        return json_answer(world.signer.mode)

    @api.post("/reset")
    def reset() -> Response:
        world.reset()
        return json_answer({})


def wish(body: dict[str, Any]) -> Wish:
    return Wish(body.get("payer_total"), body.get("override", {}), body.get("force", False))


def transaction_summary(transaction: Transaction) -> dict[str, Any]:
    """The books' own view: without what an override shows the merchant."""
    plain = dataclasses.replace(transaction, override={}).answer()
    own = {"openid": transaction.openid, "notify_url": transaction.notify_url, "override": transaction.override}
    return plain | own | {"prepay_ids": list(transaction.prepay_ids), "abandoned": transaction.abandoned}


def refund_summary(refund: Refund) -> dict[str, Any]:
    return refund.answer() | {"notify_url": refund.notify_url, "create_time": rfc3339(refund.create_time)}
