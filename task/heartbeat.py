"""Signs of life of processes that serve no port: a file that is touched whenever the process goes round.

``python -m task.heartbeat 30`` is the health check: it imports nothing of the shop, so that it may be asked often.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

VARIABLE = "HEARTBEAT_FILE"


def beat(file: str) -> None:
    """Touch `file`; an empty name or a full disk does nothing: whoever only tells of life must not end it."""
    if not file:
        return
    try:
        Path(file).touch()
    except OSError as error:
        sys.stderr.write(f"{VARIABLE}: {error}\n")


def complaint(file: str, *, oldest_seconds: float, now: float) -> str | None:
    """What is wrong with `file` at `now` (seconds since 1970); None when it was touched lately enough."""
    if not file:
        return f"{VARIABLE} is not set"
    try:
        age = now - Path(file).stat().st_mtime
    except OSError:
        return f"{file} is not there: the process has not come round yet"
    if age > oldest_seconds:
        return f"{file} is {age:.0f} s old, {oldest_seconds:g} s are allowed"
    return None


def main(arguments: list[str]) -> int:
    """`arguments`: the oldest age in seconds. Returns 0 for a living process, 1 with a sentence for any other."""
    found = complaint(os.environ.get(VARIABLE, ""), oldest_seconds=float(arguments[0]), now=time.time())
    if found:
        sys.stderr.write(found + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
