"""What a run leaves behind: a dated JSON in benchmarks/results, and the table of docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.statistics import Summary

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
BUSY_GENERATOR = 0.8
_PACKAGES = ("flask", "gunicorn", "sqlalchemy", "marshmallow", "pymysql")


def machine() -> dict[str, Any]:
    """Where and on what it was measured; no names or addresses."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    servers = {"database": "TEST_DATABASE_URL", "redis": "TEST_REDIS_URL", "broker": "TEST_BROKER_URL"}
    return {
        "commit": commit.stdout.strip() + ("+changes" if changed.stdout.strip() else ""),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "packages": {name: version(name) for name in _PACKAGES},
        "servers": {name: "real" if os.environ.get(variable) else "embedded" for name, variable in servers.items()},
    }


def write(kind: str, summaries: Sequence[Summary], *, label: str, seconds: float, about: dict[str, Any]) -> Path:
    """`kind` is the command that measured. Returns the file; its name carries the UTC moment and the label."""
    moment = datetime.now(UTC)
    document = {
        "measured_at": moment.isoformat(timespec="seconds"),
        "kind": kind,
        "label": label,
        "seconds_per_slice": round(seconds, 2),
        "machine": about,
        "scenarios": [asdict(summary) for summary in summaries],
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / f"{moment:%Y%m%dT%H%M%SZ}-{kind}{'-' + label if label else ''}.json"
    target.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return target


def table(document: dict[str, Any]) -> str:
    """A result as a Markdown table; a figure that is the generator's own limit says so."""
    lines = ["| scenario | per second (rounds) | of the yardstick | p50 ms | p99 ms |", "|---|---|---|---|---|"]
    for row in document["scenarios"]:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f}"
        mark = " ≥" if row["generator_share"] > BUSY_GENERATOR else ""
        lines.append(
            f"| {row['scenario']} |{mark} {row['rate']:.1f} ({row['slowest_round']:.1f}–{row['fastest_round']:.1f}) "
            f"| {ratio} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} |"
        )
    about = document["machine"]
    servers = ", ".join(f"{name} {kind}" for name, kind in about["servers"].items())
    lines.append("")
    lines.append(
        f"Measured at {document['measured_at']}, commit {about['commit']}, Python {about['python']}, "
        f"{about['cores']} cores, load before {about['load_before']}; {servers}; "
        f"{row['rounds']} rounds of {document['seconds_per_slice']} s each."
    )
    return "\n".join(lines) + "\n"


def publish(result: Path, page: Path = PAGE) -> None:
    """Put the result's table between its kind's marks in `page`. Raises ValueError for a trial, or without marks."""
    document = json.loads(result.read_text())
    if document["label"]:
        raise ValueError(f"{result.name} is labelled {document['label']!r}: it is not to be published")
    begin, end = f"<!-- {document['kind']} -->", f"<!-- /{document['kind']} -->"
    head, found, rest = page.read_text().partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page.name} has no marks {begin} … {end}")
    page.write_text(f"{head}{begin}\n{table(document)}\n{end}{tail}")
