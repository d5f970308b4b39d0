"""Writes .env.example from conf/settings.py, or with --check says whether it is current."""

from __future__ import annotations

import sys
from pathlib import Path

from conf.settings import described

TARGET = Path(__file__).parents[1] / ".env.example"
_HEAD = """# Copy to .env and change what differs. Written by `python -m scripts.env_example` from conf/settings.py.
# Without any of it the shop runs embedded: SQLite, worker and broker inside the process, no WeChat.
"""


def render() -> str:
    """Every variable with its meaning; commented out, with its default (secrets without)."""
    lines = [_HEAD]
    for variable, item in described():
        shown = "" if item.metadata["secret"] else _text(item.default)
        lines.append(f"# {item.metadata['meaning']}\n# {variable}={shown}\n")
    return "\n".join(lines)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def main() -> int:
    """Returns 1 when the file on disk is stale."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(render())
        return 0
    if TARGET.exists() and TARGET.read_text() == render():
        return 0
    sys.stderr.write(".env.example is stale: run `python -m scripts.env_example`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
