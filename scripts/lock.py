"""Compiles requirements/*.txt from pyproject.toml, with hashes and no registry's host; --check only compares."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = {
    "base.txt": ["pyproject.toml"],
    "dev.txt": ["--extra", "dev", "pyproject.toml"],
    # Needs another gunicorn than base.txt: never installed beside it.
    "eventlet.txt": ["--extra", "eventlet", "--override", "requirements/eventlet.in", "pyproject.toml"],
    "flower.txt": ["requirements/flower.in"],
}


def main() -> int:
    """Returns 1 when a lock file does not fit pyproject.toml."""
    check = "--check" in sys.argv[1:]
    stale = [name for name, options in FILES.items() if not _compile(name, options, check=check)]
    if stale:
        sys.stderr.write(f"stale lock files: {', '.join(stale)}; run `make lock`\n")
    return 1 if stale else 0


def _compile(name: str, options: list[str], *, check: bool) -> bool:
    target = ROOT / "requirements" / name
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / name
        if target.exists():
            # uv keeps the versions it finds in the output file: only what pyproject.toml demands changes.
            shutil.copy(target, fresh)
        command = ["uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-header"]
        command += ["--no-annotate", "--python-version", "3.11", *options, "-o", str(fresh)]
        compiled = subprocess.run([Path(sys.executable).parent / command[0], *command[1:]], cwd=ROOT, check=False)
        if compiled.returncode != 0:
            sys.exit(f"{name} was not compiled, see above; uv asks the registry for it (PyPI, or UV_DEFAULT_INDEX)")
        if check:
            return target.exists() and target.read_bytes() == fresh.read_bytes()
        shutil.copy(fresh, target)
    return True


if __name__ == "__main__":
    sys.exit(main())
