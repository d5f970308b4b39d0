"""A process that goes round is well; one that stands still, or never came round, is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery import Celery

from task.beating import BeatingScheduler, WorkerHeartbeat
from task.heartbeat import beat, complaint

ROOT = Path(__file__).parents[3]


def age(file: Path, seconds: float) -> None:
    """Let `file` be touched `seconds` ago."""
    then = time.time() - seconds
    os.utime(file, (then, then))


def check(file: Path | str, oldest: str = "30") -> subprocess.CompletedProcess[str]:
    """The health check, as the container engine runs it."""
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "task.heartbeat", oldest],
        cwd=ROOT,
        env={"HEARTBEAT_FILE": str(file), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_fresh_heartbeat_is_well(tmp_path: Path) -> None:
    beat(str(tmp_path / "heartbeat"))
    assert check(tmp_path / "heartbeat").returncode == 0


def test_an_old_heartbeat_is_not(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    beat(str(file))
    age(file, 31)
    assert check(file).returncode == 1
    beat(str(file))
    assert check(file).returncode == 0


@pytest.mark.parametrize(("name", "words"), [("", "HEARTBEAT_FILE is not set"), ("nothing", "is not there")])
def test_without_a_file_it_says_so(tmp_path: Path, name: str, words: str) -> None:
    said = check(tmp_path / name if name else "")
    assert said.returncode == 1
    assert words in said.stderr


def test_the_check_imports_nothing_of_the_shop(tmp_path: Path) -> None:
    imported = check(tmp_path / "heartbeat").stderr
    assert "pathlib" in imported
    assert [name for name in ("flask", "celery", "sqlalchemy", "backend") if f" {name}" in imported] == []


def test_the_age_is_told_in_seconds(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    beat(str(file))
    touched = file.stat().st_mtime
    assert complaint(str(file), oldest_seconds=30, now=touched + 30) is None
    assert complaint(str(file), oldest_seconds=30, now=touched + 42) == f"{file} is 42 s old, 30 s are allowed"


def test_a_folder_that_is_not_there_does_not_end_the_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beat(str(tmp_path / "none" / "heartbeat"))
    assert "HEARTBEAT_FILE" in capsys.readouterr().err


class Timer:
    """What Celery gives to steps: calls are remembered."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, object, tuple[str, ...]]] = []
        self.cancelled = 0

    def call_repeatedly(self, seconds: float, what: object, arguments: tuple[str, ...]) -> SimpleNamespace:
        self.calls.append((seconds, what, arguments))
        return SimpleNamespace(cancel=self._cancel)

    def _cancel(self) -> None:
        self.cancelled += 1


def test_a_worker_that_loses_the_broker_stops_touching_and_begins_again(tmp_path: Path) -> None:
    file = str(tmp_path / "heartbeat")
    consumer = SimpleNamespace(app=SimpleNamespace(heartbeat_file=file), timer=Timer())
    step = WorkerHeartbeat(consumer)

    step.start(consumer)
    assert Path(file).exists()
    assert consumer.timer.calls == [(5.0, beat, (file,))]
    step.stop(consumer)
    assert consumer.timer.cancelled == 1
    step.start(consumer)
    assert len(consumer.timer.calls) == 2


def test_a_worker_without_a_file_has_no_timer() -> None:
    consumer = SimpleNamespace(app=SimpleNamespace(heartbeat_file=""), timer=Timer())
    step = WorkerHeartbeat(consumer)
    step.start(consumer)
    step.stop(consumer)
    assert consumer.timer.calls == []


def test_beat_touches_at_each_look_at_its_table(tmp_path: Path) -> None:
    celery = Celery("beating", broker="memory://")
    celery.heartbeat_file = str(tmp_path / "heartbeat")
    scheduler = BeatingScheduler(celery, lazy=True)
    assert not Path(celery.heartbeat_file).exists()

    scheduler.tick()

    assert Path(celery.heartbeat_file).exists()
