"""The rounds: every scenario once per round, in turn, so that a disturbance falls on all of them alike."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.caller import SocketCaller
from benchmarks.cores import chosen, pinned
from benchmarks.load import measure
from benchmarks.scenarios import SCENARIOS, YARDSTICK, YARDSTICK_SCENARIO, Scenario, World
from benchmarks.shop import Installation, installed
from benchmarks.statistics import Slice, Summary, summarise
from kit.wechat.simulator.client import SimulatorProcess
from scripts._services.ports import free_port

ROUNDS = 5


@dataclass(frozen=True)
class Contender:
    """A scenario against one server, under the name that the results carry."""

    name: str
    scenario: Scenario
    port: int


def run_rounds(
    contenders: Sequence[Contender], world: World, *, rounds: int, yardstick: str = YARDSTICK
) -> list[Summary]:
    """Measure each of them in each round, for `world.seconds` times its slices."""
    slices: list[Slice] = []
    for number in range(1, rounds + 1):
        for contender in contenders:
            callers = [SocketCaller(contender.port) for _ in range(contender.scenario.connections)]
            try:
                steps = [contender.scenario.make(caller, world) for caller in callers]
                seconds = world.seconds * contender.scenario.slices
                slices.append(measure(contender.name, number, steps, seconds=seconds))
            finally:
                for caller in callers:
                    caller.close()
            sys.stderr.write(f"round {number}: {contender.name} {slices[-1].rate:.1f}/s\n")
    return summarise(slices, yardstick=yardstick)


Maker = Callable[[str], Installation]


def with_shop(folder: Path, work: Callable[[Maker, World], list[Summary]], *, seconds: float) -> list[Summary]:
    """`work` gets a maker of installations and the world; everything is gone afterwards."""
    server_core, generator_core = chosen()
    with ExitStack() as stack:
        stack.enter_context(pinned(generator_core))
        wechat = stack.enter_context(SimulatorProcess(folder / "wechat"))
        world = World(wechat.control, wechat.keys_dir, seconds)

        def make(name: str) -> Installation:
            return stack.enter_context(installed(folder / name, server_core, wechat))

        return work(make, world)


def scenarios(folder: Path, *, seconds: float, rounds: int = ROUNDS, only: Sequence[str] = ()) -> list[Summary]:
    """The yardstick and every scenario (or `only` those named)."""
    wanted = [scenario for scenario in SCENARIOS if not only or scenario.name in only]

    def work(make: Maker, world: World) -> list[Summary]:
        quiet = make("web")
        bare = quiet.serve("benchmarks.yardstick:app")
        web = quiet.serve()
        contenders = [Contender(YARDSTICK, YARDSTICK_SCENARIO, bare)]
        whole = 0
        for scenario in wanted:
            if scenario.whole_shop and not whole:
                whole = _whole_shop(make("whole"))
            contenders.append(Contender(scenario.name, scenario, whole if scenario.whole_shop else web))
        return run_rounds(contenders, world, rounds=rounds)

    return with_shop(folder, work, seconds=seconds)


def _whole_shop(shop: Installation) -> int:
    """Web, relay and, with a real broker, a worker; no beat: its timers only mend. Returns the web's port."""
    port = free_port()
    shop.environment["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    shop.serve(port=port)
    shop.start([sys.executable, "-m", "flask", "--app", "autoapp", "relay"])
    if not shop.environment["BROKER_URL"].startswith("memory://"):
        shop.start([sys.executable, "-m", "celery", "--quiet", "-A", "celery_worker", "worker", "--concurrency=2"])
    return port
