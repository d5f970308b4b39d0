"""Programs that are none of the three servers: found, or refused with what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts._services.failures import ServersUnavailable
from scripts._services.programs import ensure_program


def test_a_program_that_is_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nginx"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("SERVICES_BIN", str(tmp_path))

    assert ensure_program("nginx", "nginx") == str(program)


def test_without_root_a_missing_one_is_refused_with_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICES_BIN", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(ServersUnavailable, match=r"nginx not found; on Debian: apt-get install .* nginx"):
        ensure_program("nginx", "nginx")
