"""Worker classes beside each other: on answers that need the processor, and on logins that wait for WeChat."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from benchmarks.caller import Caller, json_call
from benchmarks.load import Step
from benchmarks.measuring import ROUNDS, Contender, Maker, run_rounds, with_shop
from benchmarks.scenarios import SCENARIOS, Scenario, World
from benchmarks.statistics import Summary
from scripts.own_environment import environment_of

WECHAT_SECONDS = 0.05
_LOGINS_PER_SECOND = 250
_CONNECTIONS = 16
_LIST = next(scenario for scenario in SCENARIOS if scenario.name == "product list")


def _log_in(caller: Caller, world: World) -> Step:
    """Logins whose codes were made before the clock runs; WeChat answers each after WECHAT_SECONDS."""
    openid = world.wechat.create_user()["openid"]
    needed = int(_LOGINS_PER_SECOND / _CONNECTIONS * (world.seconds + 1)) + 1
    codes = [world.wechat.login_code(openid) for _ in range(needed)]
    used = count()

    def log_in() -> None:
        number = next(used)
        if number == needed:
            raise RuntimeError(f"more than {_LOGINS_PER_SECOND} logins per second: raise _LOGINS_PER_SECOND")
        json_call(caller, "POST", "/api/v1/auth/login", {"code": codes[number]})

    return log_in


SLOW_LOGIN = Scenario("login", "POST /api/v1/auth/login, WeChat answers after 50 ms", _log_in, _CONNECTIONS)


def workers(folder: Path, *, seconds: float, rounds: int = ROUNDS) -> list[Summary]:
    """gthread is the yardstick of each of the two."""
    green = environment_of("eventlet.txt")

    def work(make: Maker, world: World) -> list[Summary]:
        shop = make("workers")
        ports = {
            "gthread": shop.serve(),
            "eventlet": shop.serve(worker="eventlet", threads=1, python=str(green)),
            "sync": shop.serve(worker="sync", threads=1),
        }
        busy = [Contender(f"{name}: product list", _LIST, port) for name, port in ports.items()]
        found = run_rounds(busy, world, rounds=rounds, yardstick=busy[0].name)
        world.wechat.weather("slow", prefix="/sns", times=None, seconds=WECHAT_SECONDS)
        waiting = [Contender(f"{name}: login, WeChat takes 50 ms", SLOW_LOGIN, port) for name, port in ports.items()]
        return found + run_rounds(waiting, world, rounds=rounds, yardstick=waiting[0].name)

    return with_shop(folder, work, seconds=seconds)
