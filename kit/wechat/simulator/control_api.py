"""The director's chair: play the user and the weather, look into the books. JSON, no authentication, loopback only."""

from flask import Blueprint, Response, request

from kit.wechat.simulator import control_shapes as shapes
from kit.wechat.simulator.answers import json_answer, read_json
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.control_messages import add_messages, add_shipments
from kit.wechat.simulator.control_payments import add_payments, add_refunds_and_callbacks
from kit.wechat.simulator.control_transfers import add_bills, add_transfers
from kit.wechat.simulator.fields import Shape
from kit.wechat.simulator.settings_file import settings_of
from kit.wechat.simulator.weather import Rule, Weather
from kit.wechat.simulator.world import World

PREFIX = "/_control"


def control_api(world: World) -> Blueprint:
    api = Blueprint("control", __name__, url_prefix=PREFIX)
    add_users(api, world)
    add_payments(api, world)
    add_refunds_and_callbacks(api, world)
    add_transfers(api, world)
    add_bills(api, world)
    add_messages(api, world)
    add_shipments(api, world)
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
                "transfers": len(world.transfer_desk.all()),
                "messages": len(world.messages.sent()),
                "shipments": len(world.shipping.all()),
                "deliveries": len(world.notifier.deliveries()),
                "calls": world.journal.counts(),
                "access_tokens_issued": world.books.tokens.issued,
                "signing": world.signer.mode,
                "refund_rule": vars(world.refund_desk.rule),
                "transfer_rule": vars(world.transfer_desk.rule),
                "bills_as_of": rfc3339(world.bill_desk.as_of) if world.bill_desk.as_of else None,
                "trade_managed": world.shipping.managed,
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
