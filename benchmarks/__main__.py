"""`make bench`: python -m benchmarks [scenarios|workers|profile NAME|publish FILE]; see docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import measuring, results
from benchmarks.profiling import profile
from benchmarks.scenarios import SCENARIOS
from benchmarks.workers import workers


def main() -> int:
    """Returns the exit code."""
    options = _options()
    if options.command == "publish":
        results.publish(Path(options.name))
        return 0
    with tempfile.TemporaryDirectory(prefix="qiyuan-bench-") as folder:
        if options.command == "profile":
            print(profile(Path(folder), options.name, seconds=options.seconds))
            return 0
        return _measure(options, Path(folder))


def _measure(options: argparse.Namespace, folder: Path) -> int:
    about = results.machine()
    # `seconds` is for everything together: rounds times scenarios, and the yardstick.
    if options.command == "workers":
        each = options.seconds / options.rounds / 6
        found = workers(folder, seconds=each, rounds=options.rounds)
    else:
        slices = 1 + sum(scenario.slices for scenario in SCENARIOS if not options.only or scenario.name in options.only)
        each = options.seconds / options.rounds / slices
        found = measuring.scenarios(folder, seconds=each, rounds=options.rounds, only=options.only)
    written = results.write(options.command, found, label=options.label, seconds=each, about=about)
    print(results.table(json.loads(written.read_text())))
    print(f"written to {written.relative_to(results.ROOT)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "command", nargs="?", default="scenarios", choices=["scenarios", "workers", "profile", "publish"]
    )
    parser.add_argument("name", nargs="?", help="of the scenario to profile, or the result to publish")
    parser.add_argument("--seconds", type=float, default=120, help="of measuring, all together")
    parser.add_argument("--rounds", type=int, default=measuring.ROUNDS)
    parser.add_argument("--only", action="append", default=[], choices=[scenario.name for scenario in SCENARIOS])
    parser.add_argument("--label", default="", help="why this result is not to be published, such as: trial")
    options = parser.parse_args()
    if options.command in ("profile", "publish") and not options.name:
        parser.error(f"{options.command} needs a name")
    return options


if __name__ == "__main__":
    sys.exit(main())
