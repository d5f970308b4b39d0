"""One JSON line per event, with the request it belongs to; files beside it; nothing secret in any of them."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from kit.log import setup
from kit.log.context import acting
from kit.log.setup import WECHATPAY, configure_logging

SECRET = "hunter2"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def own_sinks() -> Iterator[None]:
    """What a test configures ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # or force=True would close pytest's own
    yield
    logger.remove()
    logger.configure(patcher=lambda _record: None)
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Configured for production; what was written to stdout since, as objects."""
    stdout = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stdout)
    configure_logging(level="INFO", as_json=True, folder=None)
    return lambda: [json.loads(line) for line in stdout.getvalue().splitlines()]


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a log file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pay(secret: str) -> None:
    """Fails with a local variable that nobody may read in a log."""
    private_note = f"{secret}-in-a-variable"
    raise ValueError(f"cannot log in with password={secret} ({len(private_note)})")


def test_event_is_one_json_line(lines: Lines) -> None:
    logger.bind(order_no="26112", amount_fen=899).info("order {} paid\nin time 好", "26112")
    (line,) = lines()
    assert line.pop("time").endswith(("+00:00", "+08:00"))
    assert line.pop("process") > 0
    assert line == {
        "level": "INFO",
        "logger": __name__,
        "message": "order 26112 paid\nin time 好",
        "order_no": "26112",
        "amount_fen": 899,
    }


def test_line_carries_the_request_and_the_actor(lines: Lines) -> None:
    with acting(request="req-12345678", actor="member:42"):
        logger.info("inside")
    logger.info("outside")
    inside, outside = lines()
    assert (inside["request_id"], inside["actor"]) == ("req-12345678", "member:42")
    assert "request_id" not in outside
    assert "actor" not in outside


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    logger.debug("too fine")
    assert lines() == []


@pytest.mark.parametrize("text", ["{broken", "{0} {name}", "<red>x</red>", '{"a": "b"}', "100%s"])
def test_text_with_format_characters_is_written_as_it_is(lines: Lines, text: str) -> None:
    logger.info(text)
    assert lines()[0]["message"] == text


def test_secrets_are_masked_in_message_and_fields(lines: Lines) -> None:
    logger.bind(openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", body={"password": "hunter2"}).info("phone 13812345678")
    (line,) = lines()
    assert line["message"] == "phone 1********78"
    assert line["openid"] == "o***eS6o"
    assert line["body"] == {"password": "<secret>"}


def test_field_that_is_no_json_is_written_as_masked_text(lines: Lines) -> None:
    logger.bind(error=ValueError("password=hunter2")).info("x")
    assert lines()[0]["error"] == "password=<secret>"


def test_exception_is_written_with_its_place_and_without_secrets(lines: Lines) -> None:
    try:
        pay(SECRET)
    except ValueError:
        logger.exception("login failed")
    (line,) = lines()
    assert "test_setup.py" in line["exception"]
    assert "ValueError: cannot log in with password=<secret>" in line["exception"]
    assert SECRET not in json.dumps(line)


def test_records_of_the_standard_library_arrive_under_their_own_name(lines: Lines) -> None:
    logging.getLogger("sqlalchemy.pool").warning("connection %s lost, password=hunter2", 7)
    (line,) = lines()
    assert (line["logger"], line["level"]) == ("sqlalchemy.pool", "WARNING")
    assert line["message"] == "connection 7 lost, password=<secret>"


def test_info_of_libraries_is_not_written_but_that_of_gunicorn_is(lines: Lines) -> None:
    logging.getLogger("urllib3").info("chatter")
    logging.getLogger("gunicorn.error").info("booting worker")
    assert [line["message"] for line in lines()] == ["booting worker"]


def test_text_lines_for_people_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", as_json=False, folder=None)
    try:
        pay(SECRET)
    except ValueError:
        logger.exception("phone {}", "13812345678")
    written = capsys.readouterr()
    assert written.out == ""
    assert "phone 1********78" in written.err
    assert SECRET not in written.err


def test_without_a_folder_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configure_logging(level="INFO", as_json=True, folder=None)
    logger.error("x")
    assert list(tmp_path.iterdir()) == []


def test_files_separate_errors_and_wechat_pay(tmp_path: Path) -> None:
    configure_logging(level="INFO", as_json=True, folder=str(tmp_path / "logs"))
    logger.info("plain")
    logger.bind(channel=WECHATPAY).info("prepay {}", '{"a": "{b}"}')
    logger.error("broken")
    logger.debug("too fine")
    folder = tmp_path / "logs"
    assert sorted(path.name for path in folder.glob("*.log")) == ["app.log", "error.log", "wechatpay.log"]
    messages = {
        name: [line["message"] for line in read(folder / f"{name}.log")] for name in ("app", "error", "wechatpay")
    }
    assert messages == {
        "app": ["plain", 'prepay {"a": "{b}"}', "broken"],
        "error": ["broken"],
        "wechatpay": ['prepay {"a": "{b}"}'],
    }


def test_lines_in_files_are_masked_and_carry_the_request(tmp_path: Path) -> None:
    configure_logging(level="INFO", as_json=True, folder=str(tmp_path))
    with acting(request="req-12345678", actor=None):
        try:
            pay(SECRET)
        except ValueError:
            logger.exception("login failed")
    (line,) = read(tmp_path / "error.log")
    assert line["request_id"] == "req-12345678"
    assert SECRET not in json.dumps(line)
    assert "_line" not in line


def test_full_file_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "_ROTATE_BYTES", 1024)
    configure_logging(level="INFO", as_json=True, folder=str(tmp_path))
    for number in range(20):
        logger.info("line {} {}", number, "x" * 100)
    files = sorted(tmp_path.glob("app.log*"))
    assert len(files) > 3
    assert sum(len(read(path)) for path in files) == 20


_WRITER = """
import sys
from loguru import logger
from kit.log import setup
setup._ROTATE_BYTES = 4096
setup.configure_logging(level="INFO", as_json=True, folder=sys.argv[1])
for number in range(300):
    logger.info("line {} of {}", number, sys.argv[2])
"""


def test_processes_that_share_a_folder_lose_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), name], stdout=subprocess.DEVNULL)
        for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = {line["message"] for path in tmp_path.glob("app.log*") for line in read(path)}
    kept = [f"line 299 of {name}" for name in ("a", "b", "c")]
    assert lines >= set(kept)
    # 20 old files of 4 KB are kept: what is on disk is whole lines, none torn between processes.
    assert all(line.startswith("line ") for line in lines)
