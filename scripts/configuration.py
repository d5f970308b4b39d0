"""Writes docs/configuration.md, every setting, from conf/settings.py; with --check says whether it is current."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

from conf.settings import Settings, described

TARGET = Path(__file__).parents[1] / "docs" / "configuration.md"
_HEAD = """# Configuration

Written by `make configuration` from `conf/settings.py`. Settings come from the environment, or from a `.env` file in
the working directory; the environment wins. Without any of them the shop runs embedded: SQLite, worker and broker
inside the process, no WeChat. A value that breaks its rule stops the program with exit code 78 and a sentence for each.
`flask --app autoapp doctor` says what is still missing; the variables of gunicorn (WEB_BIND, WEB_WORKERS, WEB_THREADS)
are in `gunicorn.conf.py`.
"""
_COLUMNS = "| variable | default | meaning |\n|---|---|---|\n"


def render() -> str:
    """One table for each section of the settings."""
    sections = [("General", _general())]
    for item in dataclasses.fields(Settings):
        if "variable" not in item.metadata:
            section = type(item.default)
            sections.append(((section.__doc__ or "").strip().rstrip("."), list(described(section))))
    return _HEAD + "".join(f"\n## {title}\n\n{_COLUMNS}{''.join(map(_row, rows))}" for title, rows in sections)


def _general() -> list[tuple[str, dataclasses.Field[Any]]]:
    return [(item.metadata["variable"], item) for item in dataclasses.fields(Settings) if "variable" in item.metadata]


def _row(described_item: tuple[str, dataclasses.Field[Any]]) -> str:
    variable, item = described_item
    return f"| `{variable}` | {_default(item)} | {_cell(item.metadata['meaning'])} |\n"


def _default(item: dataclasses.Field[Any]) -> str:
    if item.metadata["secret"]:
        return "(secret)"
    text = str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """Returns 1 when the page on disk is stale."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(render())
        return 0
    if TARGET.exists() and TARGET.read_text() == render():
        return 0
    sys.stderr.write("docs/configuration.md is stale: run `make configuration`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
