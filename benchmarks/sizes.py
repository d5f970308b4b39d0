"""The same questions to shops of several sizes: their databases, the command's options, where the answers are kept."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from loguru import logger
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from backend.app import create_app
from benchmarks import results
from conf.settings import DatabaseSettings, HttpSettings, Settings
from kit.db.extension import db
from kit.db.node import lease

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@contextmanager
def application(kind: str, products: int, keep: str) -> Iterator[Flask]:
    """An application over a database of its own, with tables; it goes with the block unless it is to be kept."""
    server, name = os.environ["TEST_DATABASE_URL"], f"{keep or f'qiyuan_{kind}_{os.getpid()}'}_{products}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4"))
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    app = create_app(Settings(env="test", database=DatabaseSettings(url=url), http=HttpSettings(rate_limits=False)))
    try:
        with app.app_context():
            lease.pin(1)
            db.create_all()
        yield app
    finally:
        if not keep:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name}"))


def options(kind: str, about: str | None, sizes: Sequence[int]) -> argparse.Namespace:
    """``products``, ``keep`` and ``label`` as the command line has them; the log is silent from now on."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{kind}", description=about)
    parser.add_argument("--products", type=int, nargs="+", default=list(sizes))
    parser.add_argument("--keep", default="", help="name of the databases that stay for the next run")
    parser.add_argument("--label", default="", help="why this result is not to be published, such as: trial")
    chosen = parser.parse_args()
    logger.remove()
    return chosen


def circumstances() -> dict[str, object]:
    """Machine, moment and database of a run that begins now."""
    about: dict[str, object] = {**results.machine(), "measured_at": datetime.now(UTC).isoformat(timespec="seconds")}
    return about | {"database": make_url(os.environ["TEST_DATABASE_URL"]).get_backend_name()}


def keep_result(kind: str, measured: Sequence[DataclassInstance], shown: str, about: dict[str, object]) -> None:
    """As JSON among the results, and as the table of the page."""
    document = {"kind": kind, "machine": about, "scenarios": [asdict(one) for one in measured]}
    target = results.RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{kind}.json"
    target.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    publish(kind, shown)


def publish(kind: str, shown: str, page: Path = results.PAGE) -> None:
    """Put the table between its marks in `page`."""
    begin, end = f"<!-- {kind} -->", f"<!-- /{kind} -->"
    head, _, rest = page.read_text().partition(begin)
    page.write_text(f"{head}{begin}\n{shown}\n{end}{rest.partition(end)[2]}")
