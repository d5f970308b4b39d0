"""The command line of `scripts/services`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .failures import ServicesFailure
from .fleet import Fleet
from .interrupts import interrupt_on_signals
from .kinds import KINDS
from .state import State

_INTERRUPTED = 130

_EPILOG = """\
Where a server comes from, tried in this order, for each one:
  1. the environment: TEST_DATABASE_URL, TEST_REDIS_URL, TEST_BROKER_URL
  2. Docker, if its engine runs (docker-compose.yml)
  3. the Debian packages, installed first if we are root, as private processes on free loopback ports

SERVICES_DIR: the state folder (.services)    SERVICES_BIN: where to look for the servers' programs instead

Typical:  scripts/services start && eval "$(scripts/services env)"
"""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    interrupt_on_signals()
    try:
        return _obey(options.verb, options.servers)
    except ServicesFailure as failure:
        print(f"scripts/services: {failure}", file=sys.stderr)
        return failure.exit_code
    except OSError as error:
        print(f"scripts/services: {error} (SERVICES_DIR can name another state folder)", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("scripts/services: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _obey(verb: str, servers: Sequence[str]) -> int:
    fleet = Fleet(State(state_folder()), os.environ)
    match verb:
        case "start":
            fleet.start(servers or list(KINDS))
        case "stop":
            fleet.stop(servers)
        case "pause":
            fleet.pause(servers)
        case "resume":
            fleet.resume(servers)
        case "status":
            return 0 if fleet.status(servers or list(KINDS)) else 1
        case "env":
            print("\n".join(fleet.environment_lines()))
    return 0


def state_folder() -> Path:
    named = os.environ.get("SERVICES_DIR")
    return Path(named).absolute() if named else Path(__file__).resolve().parents[2] / ".services"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/services",
        description="MariaDB, Redis and RabbitMQ for tests and development.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    for verb, some, explanation in (
        ("start", "*", "bring up what is not up yet, and wait until it answers"),
        ("stop", "*", "end what `start` started; without names its data goes too"),
        ("status", "*", "one line per server; exit code 0 if all answer"),
        ("env", None, "shell lines that export the addresses"),
        ("pause", "+", "let a server hang: it accepts connections and says nothing"),
        ("resume", "+", "let it go on"),
    ):
        command = verbs.add_parser(verb, help=explanation, description=explanation)
        command.set_defaults(servers=[])
        if some:
            command.add_argument(
                "servers", nargs=some, type=_server, metavar="server", default=[], help=", ".join(KINDS)
            )
    return parser


def _server(name: str) -> str:
    if name not in KINDS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(KINDS)}")
    return name
