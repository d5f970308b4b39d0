"""What is measured: each scenario makes, per connection, the step that is repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from benchmarks.caller import Caller
from benchmarks.customers import Customer
from benchmarks.load import Step
from benchmarks.notices import Notice, make_notices
from kit.wechat.simulator.client import SimulatorControl


@dataclass(frozen=True)
class World:
    """What steps may use; `seconds` is how long they will run, for those that must prepare as many things."""

    wechat: SimulatorControl
    keys: Path
    seconds: float


@dataclass(frozen=True)
class Scenario:
    """`connections` at once; `whole_shop` when relay and worker take part; `slices` of time in each round."""

    name: str
    meaning: str
    make: Callable[[Caller, World], Step]
    connections: int = 4
    whole_shop: bool = False
    slices: int = 1


YARDSTICK = "bare Flask"
_CALLBACKS_PER_SECOND = 1500


def _nothing(caller: Caller, _world: World) -> Step:
    return lambda: _done(caller.call("GET", "/"))


def _list(caller: Caller, _world: World) -> Step:
    return lambda: _done(caller.call("GET", "/api/v1/products?limit=20"))


def _detail(caller: Caller, world: World) -> Step:
    paths = cycle([f"/api/v1/products/{product}" for product in Customer(caller, world.wechat).products])
    return lambda: _done(caller.call("GET", next(paths)))


def _cart(caller: Caller, world: World) -> Step:
    customer = Customer(caller, world.wechat)
    return lambda: _done(customer.add_to_cart())


def _flow(caller: Caller, world: World) -> Step:
    return Customer(caller, world.wechat).buy


def _callback(caller: Caller, world: World) -> Step:
    waiting: list[Notice] = make_notices(world.keys, int(_CALLBACKS_PER_SECOND / 4 * (world.seconds + 1)))

    def deliver() -> None:
        if not waiting:
            raise RuntimeError(f"more than {_CALLBACKS_PER_SECOND} callbacks per second: raise _CALLBACKS_PER_SECOND")
        body, headers = waiting.pop()
        caller.call("POST", "/callback/wechat/payment", body, headers)

    return deliver


def _done(_answer: object) -> None:
    """Steps return nothing."""


YARDSTICK_SCENARIO = Scenario(YARDSTICK, "a Flask view that returns a small JSON", _nothing)
SCENARIOS = (
    Scenario("product list", "GET /api/v1/products?limit=20", _list),
    Scenario("product detail", "GET /api/v1/products/{id}, 20 products in turn", _detail),
    Scenario("add to cart", "POST /api/v1/cart/lines", _cart),
    Scenario("payment callback", "POST /callback/wechat/payment: verified, decrypted, stored, committed", _callback),
    Scenario(
        "order flow", "login, cart, quote, order, prepay, callback, accepted: paid", _flow, 2, whole_shop=True, slices=4
    ),
)
