"""Whether a command line could start: its program is installed by a lock, and knows the subcommand and its options."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import click
from celery.bin.celery import celery as celery_group
from flask import Flask

ROOT = Path(__file__).parents[2]


def complaint(command: list[str], app: Flask, *, lock: str = "base.txt") -> str | None:
    """What is wrong with `command` in an image that has the packages of `lock`; None when it could start."""
    program, *arguments = command
    if program == "python":
        return _python(arguments)
    scripts = {script.name: script for script in entry_points(group="console_scripts")}
    if program == "celery" and arguments and arguments[0] == "flower":
        return None if _locked("flower", lock) else f"flower is not in {lock}"
    if program not in scripts or not _locked(_package(scripts[program]), lock):
        return f"{program} is not a program of {lock}"
    if program == "flask":
        return _subcommand(app.cli, arguments)
    if program == "celery":
        while arguments[:1] == ["-A"]:
            if not (ROOT / f"{arguments[1]}.py").exists():
                return f"there is no {arguments[1]}.py"
            arguments = arguments[2:]
        return _subcommand(celery_group, arguments)
    return _application(arguments) if program == "gunicorn" else None


def _python(arguments: list[str]) -> str | None:
    if arguments[0] == "-c":
        compile(arguments[1], "health check", "exec")
        return None
    module = ROOT / (arguments[1].replace(".", "/") + ".py")
    return None if arguments[0] == "-m" and module.exists() else f"there is no module {arguments[1]}"


def _subcommand(group: click.Command, arguments: list[str]) -> str | None:
    """Follow words down the groups, then hold every option against the command found."""
    words = list(arguments)
    while isinstance(group, click.Group):
        found = group.get_command(click.Context(group), words[0]) if words else None
        if found is None:
            return f"no such command: {' '.join(arguments)}"
        group, words = found, words[1:]
    known = {option for parameter in group.params for option in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]
    return f"no such option: {', '.join(unknown)}" if unknown else None


def _application(arguments: list[str]) -> str | None:
    module, _, name = arguments[-1].partition(":")
    source = ROOT / f"{module}.py"
    if source.exists() and re.search(rf"(?m)^{name} = ", source.read_text()):
        return None
    return f"there is no {arguments[-1]}"


def _package(script: EntryPoint) -> str:
    return script.dist.name if script.dist else ""


def _locked(package: str, lock: str) -> bool:
    lines = (ROOT / "requirements" / lock).read_text()
    return re.search(rf"(?mi)^{re.escape(package)}==", lines) is not None
