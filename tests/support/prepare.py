"""`python -m tests.support.prepare "db upgrade" …`: flask commands one after the other in one process, for speed."""

from __future__ import annotations

import shlex
import sys

from autoapp import app


def main(commands: list[str]) -> int:
    """Returns the exit code of the first command that fails."""
    runner = app.test_cli_runner()
    for command in commands:
        result = runner.invoke(args=shlex.split(command))
        sys.stdout.write(result.output)
        if result.exit_code:
            return result.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
