"""Configures loguru: JSON lines on stdout, rotated files when a folder is set, stdlib logging routed in."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from concurrent_log_handler import ConcurrentRotatingFileHandler
from loguru import logger

from kit.log.context import actor, request_id
from kit.log.masking import masked, masked_field

if TYPE_CHECKING:
    from loguru import Message, Record

WECHATPAY = "wechatpay"
"""Value of the extra field ``channel`` of lines that also go to wechatpay.log."""

_ROTATE_BYTES = 50_000_000
_KEPT_FILES = 20


def configure_logging(*, level: str, as_json: bool, folder: str | None) -> None:
    """Replace all sinks. With `folder`: app.log, error.log (ERROR and above) and wechatpay.log beside stdout."""
    logger.remove()
    logger.configure(patcher=_add_context)
    logger.add(_JsonSink(sys.stdout.write) if as_json else _TextSink(), level=level, format="{message}")
    if folder:
        _add_files(Path(folder), level)
    logging.basicConfig(handlers=[_Intercept()], level=logging.WARNING, force=True)
    for name in ("gunicorn.error", "celery", "werkzeug"):
        logging.getLogger(name).setLevel(logging.INFO)


def _add_files(folder: Path, level: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    logger.add(_FileSink(folder / "app.log"), level=level, format="{message}")
    logger.add(_FileSink(folder / "error.log"), level="ERROR", format="{message}")
    logger.add(_FileSink(folder / "wechatpay.log"), level=level, format="{message}", filter=_is_wechatpay)


def _is_wechatpay(record: Record) -> bool:
    return record["extra"].get("channel") == WECHATPAY


def _add_context(record: Record) -> None:
    record["extra"].setdefault("request_id", request_id())
    record["extra"].setdefault("actor", actor())


def _as_json(record: Record) -> str:
    line: dict[str, Any] = {
        "time": record["time"].isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "logger": record["extra"].get("logger") or record["name"],
        "message": masked(record["message"]),
        "process": record["process"].id,
    }
    for key, value in record["extra"].items():
        if key != "logger" and value is not None:
            line[key] = masked_field(key, value)
    if record["exception"] is not None:
        line["exception"] = masked(_traceback(record))
    return orjson.dumps(line, default=lambda value: masked(str(value))).decode()


def _traceback(record: Record) -> str:
    # Not loguru's diagnose mode: it would print the values of variables, secrets included.
    exception = record["exception"]
    assert exception is not None
    return "".join(traceback.format_exception(exception.type, exception.value, exception.traceback))


class _JsonSink:
    def __init__(self, write: Any) -> None:
        self._write = write

    def __call__(self, message: Message) -> None:
        self._write(_as_json(message.record) + "\n")


class _FileSink:
    """One file for all processes of a machine: loguru's own rotation would lose lines between them."""

    def __init__(self, path: Path) -> None:
        locks = path.parent / "locks"
        self._handler = ConcurrentRotatingFileHandler(
            str(path),
            maxBytes=_ROTATE_BYTES,
            backupCount=_KEPT_FILES,
            encoding="utf-8",
            lock_file_directory=str(locks),
        )

    def write(self, message: Message) -> None:
        """One line."""
        line = logging.LogRecord("qiyuan", logging.INFO, "", 0, _as_json(message.record), None, None)
        self._handler.emit(line)

    def stop(self) -> None:
        """Called by loguru when the sink is removed."""
        self._handler.close()


class _TextSink:
    """Short lines for people: development and the demo."""

    def __call__(self, message: Message) -> None:
        record = message.record
        tail = masked("\n" + _traceback(record)) if record["exception"] else ""
        where = record["extra"].get("logger") or record["name"]
        clock = record["time"].strftime("%H:%M:%S")
        sys.stderr.write(f"{clock} {record['level'].name:<7} {where}: {masked(record['message'])}{tail}\n")


class _Intercept(logging.Handler):
    """Sends records of the standard library's logging through loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        bound = logger.bind(logger=record.name).opt(exception=record.exc_info)
        bound.log(level, "{}", record.getMessage())
