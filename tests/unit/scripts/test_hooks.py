"""The hooks before a commit fetch nothing and run what `make check` runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
CONFIGURATION = ROOT / ".pre-commit-config.yaml"


def hooks() -> list[dict[str, Any]]:
    repositories = yaml.safe_load(CONFIGURATION.read_text())["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    return list(repositories[0]["hooks"])


def test_configuration_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(CONFIGURATION)]
    assert subprocess.run(command, check=False).returncode == 0


def test_hooks_use_the_project_s_own_tools() -> None:
    for hook in hooks():
        assert hook["language"] == "system", hook["id"]
        tools = re.findall(r"\.venv/bin/([\w-]+)", hook["entry"])
        assert tools, hook["id"]
        for tool in tools:
            assert (Path(sys.executable).parent / tool).exists(), tool


def test_hooks_and_make_check_say_the_same() -> None:
    checked = (ROOT / "Makefile").read_text().split("\ncheck:")[1].split("\n\n")[0].replace("$(BIN)", ".venv/bin")
    hooked = " ".join(hook["entry"] for hook in hooks())
    for command in re.findall(r"\.venv/bin/(.+)", checked):
        first = command.removesuffix(" .").strip()
        # Lock files need the package index: they are compared by `make check` alone.
        assert first == "python -m scripts.lock --check" or first in hooked, first
