"""Where the time goes: one scenario in this process, without sockets, under cProfile."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.caller import WsgiCaller
from benchmarks.scenarios import SCENARIOS, World
from benchmarks.shop import installed
from kit.wechat.simulator.client import SimulatorProcess

ROOT = Path(__file__).parents[1]
TOP = 25


def profile(folder: Path, name: str, *, seconds: float) -> str:
    """The costs of `name`, twice: by what runs itself, and by what is waited for in the shop's own functions.

    Raises KeyError for a scenario that does not exist, or that takes part of other processes.
    """
    scenario = {scenario.name: scenario for scenario in SCENARIOS if not scenario.whole_shop}[name]
    with SimulatorProcess(folder / "wechat") as wechat, installed(folder / "shop", 0, wechat) as shop:
        os.environ.update(shop.environment)
        # Reads the environment that was just set.
        from autoapp import app  # noqa: PLC0415

        step = scenario.make(WsgiCaller(app.test_client()), World(wechat.control, wechat.keys_dir, seconds))
        step()
        return _profiled(step, seconds=seconds)


def _profiled(step: Callable[[], None], *, seconds: float) -> str:
    profiler, ended, steps = cProfile.Profile(), time.perf_counter() + seconds, 0
    profiler.enable()
    while time.perf_counter() < ended:
        step()
        steps += 1
    profiler.disable()
    text = io.StringIO()
    statistics = pstats.Stats(profiler, stream=text)
    statistics.sort_stats("tottime").print_stats(TOP)
    statistics.sort_stats("cumulative").print_stats(f"{ROOT}/(backend|kit|conf|task)/", TOP)
    return f"{steps} times in {seconds:g} s\n{text.getvalue().replace(f'{ROOT}/', '')}"
