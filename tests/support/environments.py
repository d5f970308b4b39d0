"""Environments of `scripts.own_environment` for tests: skipped, or failing, where they cannot be installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts import own_environment


def environment_of(lock: str) -> Path:
    """The Python of an environment that holds exactly `lock`.

    The test is skipped when it cannot be installed; with REQUIRE_SERVICES=1 it fails.
    """
    try:
        return own_environment.environment_of(lock)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        if os.environ.get("REQUIRE_SERVICES") == "1":
            raise RuntimeError(f"REQUIRE_SERVICES=1, but {lock} cannot be installed: {said}") from error
        pytest.skip(f"{lock} cannot be installed: {said}")
