"""Virtual environments of their own for what cannot be installed beside the shop, kept outside the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
INSTALL_SECONDS = 300


def environment_of(lock: str) -> Path:
    """The Python of an environment that holds exactly `lock` (a file of requirements/), made when it is new.

    Raises OSError or subprocess.SubprocessError when it cannot be installed.
    """
    return _made(ROOT / "requirements" / lock)


def _made(lock: Path) -> Path:
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = _cache() / f"{lock.stem}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    python = folder / "bin" / "python"
    with (folder.parent / f"{folder.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # parallel test workers make it once
        if not (folder / "complete").exists():
            _run("venv", "--clear", "--python", sys.executable, str(folder))
            install = ["--require-hashes", "--only-binary", ":all:", "--python", str(python), "-r", str(lock)]
            _run("pip", "install", *install)
            (folder / "complete").touch()
    return python


def _run(*arguments: str) -> None:
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run(
        [uv, *arguments, "--quiet"], check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS, cwd=ROOT
    )


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "qiyuan"
