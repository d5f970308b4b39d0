"""The same questions to shops of several sizes: databases, options, how times are set side by side and kept."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from flask import Flask
from loguru import logger
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from backend.app import create_app
from benchmarks import results
from benchmarks.statistics import percentile
from conf.settings import DatabaseSettings, HttpSettings, Settings
from kit.db.extension import db
from kit.db.node import lease


@dataclass(frozen=True)
class Measured:
    """One scenario at one size; milliseconds. `rounds_p95_ms`: of each round by itself."""

    scenario: str
    size: int
    p50_ms: float
    p95_ms: float
    rounds_p95_ms: tuple[float, ...]

    @classmethod
    def of(cls, scenario: str, size: int, rounds: Sequence[Sequence[float]]) -> Measured:
        """From the seconds that the requests of each round took."""
        everything = [one for spent in rounds for one in spent]
        by_itself = tuple(percentile(spent, 0.95) * 1000 for spent in rounds)
        return cls(scenario, size, percentile(everything, 0.5) * 1000, percentile(everything, 0.95) * 1000, by_itself)


def ratios(largest: Measured, smallest: Measured) -> list[float]:
    """How many times the smallest's p95 the largest's is, round by round, ascending."""
    return sorted(one / other for one, other in zip(largest.rounds_p95_ms, smallest.rounds_p95_ms, strict=True))


def table(measured: Sequence[Measured], about: dict[str, object], *, unit: str, run: str) -> str:
    """Markdown: a row per scenario, the sizes side by side, and p95 of the largest as a multiple of the smallest."""
    sizes = sorted({one.size for one in measured})
    by = {(one.scenario, one.size): one for one in measured}
    heads = " | ".join(f"{size:,} {unit} p50 | p95" for size in sizes)
    lines = [f"| scenario, ms | {heads} | p95 ratio (rounds) |", "|---" * (2 * len(sizes) + 2) + "|"]
    for name in dict.fromkeys(one.scenario for one in measured):
        cells = " | ".join(f"{by[name, size].p50_ms:.2f} | {by[name, size].p95_ms:.2f}" for size in sizes)
        found = ratios(by[name, sizes[-1]], by[name, sizes[0]])
        lines.append(f"| {name} | {cells} | {median(found):.2f} ({found[0]:.2f}–{found[-1]:.2f}) |")
    lines += ["", f"Measured at {about['measured_at']}, commit {about['commit']}, Python {about['python']}, "]
    lines[-1] += f"{about['cores']} cores, load before {about['load_before']}, database {about['database']}; {run}."
    return "\n".join(lines) + "\n"


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


def keep_result(kind: str, measured: Sequence[Measured], shown: str, about: dict[str, object]) -> None:
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
