"""The servers' programs: where they are, and how they come from the Debian packages if nobody installed them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .failures import ServersUnavailable
from .kinds import KINDS

_DEBIAN = ("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/bin")
_POLICY = Path("/usr/sbin/policy-rc.d")


def find(program: str) -> str | None:
    """In SERVICES_BIN alone if that is set. RabbitMQ's own folder comes first: its wrappers in /usr/sbin would change
    the user."""
    only = os.environ.get("SERVICES_BIN")
    return shutil.which(program, path=only or os.pathsep.join((*_DEBIAN, os.environ.get("PATH", ""))))


def missing(names: Iterable[str]) -> dict[str, list[str]]:
    """For each server that cannot be run: the programs it lacks."""
    lacking = {name: [program for program in KINDS[name].programs if not find(program)] for name in names}
    return {name: programs for name, programs in lacking.items() if programs}


def ensure(names: Iterable[str]) -> None:
    names = list(names)
    if missing(names) and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([KINDS[name].package for name in missing(names)])
    if lacking := missing(names):
        raise ServersUnavailable(_how_to_provide(lacking))


def ensure_program(program: str, package: str) -> str:
    """The path of a program that is none of the three servers, installed from its Debian package if we are root."""
    if not find(program) and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([package])
    found = find(program)
    if not found:
        raise ServersUnavailable(f"{program} not found; on Debian: apt-get install --no-install-recommends {package}")
    return found


def _how_to_provide(lacking: dict[str, list[str]]) -> str:
    lines = [f"{name}: {', '.join(programs)} not found" for name, programs in lacking.items()]
    variables = ", ".join(KINDS[name].variable for name in lacking)
    packages = " ".join(KINDS[name].package for name in lacking)
    return "\n".join(
        [
            "no server to test with:",
            *(f"  {line}" for line in lines),
            "provide them in one of three ways, then run `scripts/services start` again:",
            f"  1. name running servers in the environment: {variables}",
            "  2. start Docker: docker-compose.yml has all of them",
            f"  3. on Debian, as root: apt-get install --no-install-recommends {packages}",
        ]
    )


def _install(packages: list[str]) -> None:
    print(f"installing {' '.join(packages)}", file=sys.stderr, flush=True)
    with _no_autostart():
        _apt("update")
        # --no-remove: on a machine with another MySQL, fail rather than replace it.
        _apt("install", "--yes", "--no-install-recommends", "--no-remove", *packages)


def _apt(*arguments: str) -> None:
    command = ["apt-get", "--quiet", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as apt:
        try:
            output, _ = apt.communicate()
        except BaseException:
            apt.send_signal(signal.SIGINT)  # it finishes the package at hand, so that none is left half configured
            apt.communicate()
            raise
    if apt.returncode:
        tail = "\n".join(f"  {line}" for line in output.splitlines()[-15:])
        raise ServersUnavailable(f"{' '.join(command)} failed with exit code {apt.returncode}:\n{tail}")


@contextmanager
def _no_autostart() -> Iterator[None]:
    """Debian starts a freshly installed server at once, on its usual port, unless a policy forbids it."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)
