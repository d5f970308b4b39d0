"""`make demo ONCE=1` says the truth with its exit code, and `make run` keeps its data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90

# Runs the demo with its folders elsewhere, and optionally with a step that does not hold.
_DEMO = """
import pathlib, sys
from scripts.demo import __main__ as demo
demo.VAR = pathlib.Path(sys.argv.pop(1))
if sys.argv.pop(1) == "broken":
    def breaks(self):
        raise demo.StepFailed("planted")
    demo.Journey.check_books = breaks
sys.exit(demo.main())
"""


def demo(folder: Path, mode: str, *options: str) -> subprocess.Popen[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE", "WECHAT", "BROKER"))}
    return subprocess.Popen(
        [sys.executable, "-c", _DEMO, str(folder), mode, *options],
        cwd=ROOT,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_every_step_holds_and_the_exit_code_says_so(tmp_path: Path) -> None:
    process = demo(tmp_path, "whole", "--once")
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output
    assert "every step held" in output
    assert "账目 books: arrived ¥" in output


def test_a_step_that_does_not_hold_is_named_and_the_exit_code_is_1(tmp_path: Path) -> None:
    process = demo(tmp_path, "broken", "--once")
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1, output
    assert "FAILED: planted" in output


def test_run_serves_again_on_the_data_of_the_last_time(tmp_path: Path) -> None:
    outputs = []
    for _ in range(2):
        process = demo(tmp_path, "whole", "--no-journey", "--port", "0")
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("staff "):
                break
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=PATIENCE_SECONDS)
        outputs.append("".join(lines) + rest)
    assert "products: 43 created" in outputs[0], outputs[0]
    assert "products: 0 created, 0 updated, 43 unchanged" in outputs[1], outputs[1]
