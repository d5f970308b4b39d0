"""CONTRIBUTING.md, followed: a throw-away context passes every check, and each rule it breaks fails one.

The context is `wish`, beside this file, with an endpoint, an event and a task; it is added to a copy of the project.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.environ.get("SOAK") != "1", reason="two minutes long: make soak")

ROOT = Path(__file__).parents[2]
COPIED = ("backend", "kit", "task", "conf", "scripts", "migrations", "docs", "tests")
FILES = ("autoapp.py", "celery_worker.py", "gunicorn.conf.py", "pyproject.toml", "Makefile", ".env.example")
PAPERS = [paper.name for paper in ROOT.glob("*.md")]
BIN = Path(sys.executable).parent
TASK = """

@_task("wish.forget")
def forget_wishes(*, customer_id: int, **_: Any) -> None:
    wish.forget(customer_id=customer_id)
"""


class Workshop:
    """A copy of the project; `replace` edits a file of it, `run` works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit the one place where `old` stands."""
        path = self.folder / name
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new))

    def substitute(self, name: str, pattern: str, new: str) -> None:
        """Edit the one place that `pattern` finds, whichever contexts stand there."""
        path = self.folder / name
        text, times = re.subn(pattern, new, path.read_text())
        assert times == 1, f"{pattern!r} is found {times} times in {name}"
        path.write_text(text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """One command, without the settings of this machine."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE", "TEST_", "WECHAT"))}
        environment = kept | {"DATABASE_URL": f"sqlite:///{self.folder}/shop.db", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=110, check=False
        )

    def checks(self) -> dict[str, Callable[[], subprocess.CompletedProcess[str]]]:
        """What the guide promises to notice things."""
        python = str(BIN / "python")
        return {
            "imports": lambda: self.run(str(BIN / "lint-imports"), "--no-cache"),
            "types": lambda: self.run(str(BIN / "mypy"), "backend/wish", "task"),
            "style": lambda: self.run(str(BIN / "ruff"), "check", "backend/wish", "task"),
            "documents": lambda: self.run(python, "-m", "scripts.openapi", "--check"),
            "errors": lambda: self.run(python, "-m", "scripts.errors", "--check"),
            "architecture": lambda: self.run(
                python, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/architecture"
            ),
            "schema": lambda: self.run(python, "-m", "flask", "--app", "autoapp", "db", "check"),
        }


def follow_the_guide(workshop: Workshop) -> None:
    """The steps of CONTRIBUTING.md, in its order."""
    shutil.copytree(Path(__file__).parent / "wish", workshop.folder / "backend" / "wish")
    workshop.replace(
        "backend/app.py", "from conf.settings", "from backend.wish.module import module as wish\nfrom conf.settings"
    )
    workshop.substitute("backend/app.py", r"(MODULES: [^=]+= \([^)]+?),?(\s*\))", r"\1, wish\2")
    workshop.substitute(
        "pyproject.toml", r'(?m)^(?=    "order", +#)', '    "wish",  # what a customer would like to have\n'
    )
    workshop.substitute("pyproject.toml", r'(containers = \["backend\.user"[^]]+?),?(\s*\])', r'\1, "backend.wish"\2')
    workshop.replace(
        "task/tasks.py",
        "from backend.user import facade as user",
        "from backend.user import facade as user\nfrom backend.wish import facade as wish",
    )
    tasks = workshop.folder / "task" / "tasks.py"
    tasks.write_text(tasks.read_text() + TASK)
    python = str(BIN / "python")
    for command in (
        ("flask", "--app", "autoapp", "db", "upgrade"),
        ("flask", "--app", "autoapp", "db", "migrate", "-m", "wishes"),
        ("flask", "--app", "autoapp", "db", "upgrade"),
        ("scripts.openapi",),
        ("scripts.errors",),
    ):
        done = workshop.run(python, "-m", *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A copy with the new context."""
    folder = tmp_path_factory.mktemp("workshop")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "contributing"))
    for name in (*FILES, *PAPERS):
        shutil.copy(ROOT / name, folder / name)
    made = Workshop(folder)
    follow_the_guide(made)
    return made


CHECKS = ("imports", "types", "style", "documents", "errors", "architecture", "schema")


@pytest.mark.parametrize("check", CHECKS)
def test_new_context_passes(workshop: Workshop, check: str) -> None:
    done = workshop.checks()[check]()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("check", "file", "old", "new", "words"),
    [
        (
            "imports",
            "service/wishing.py",
            "from backend.catalog import facade as catalog",
            "from backend.catalog import facade as catalog\nfrom backend.catalog.domain.sku import Sku  # noqa: F401",
            "front door BROKEN",
        ),
        (
            "imports",
            "domain/wish.py",
            "from sqlalchemy import UniqueConstraint",
            "import flask  # noqa: F401\nfrom sqlalchemy import UniqueConstraint",
            "free of frameworks, sessions, clocks and queues BROKEN",
        ),
        ("architecture", "api/shop.py", "@buyer\n@shop.response", "@shop.response", "UnguardedRoute"),
        ("architecture", "api/shop.py", ', tag="心愿单 Wishes"', "", "is not like"),
        (
            "architecture",
            "schema/wish.py",
            "    wished_at = Timestamp()",
            "    note = fields.String()",
            "no example for",
        ),
        ("architecture", "service/wishing.py", '"wish.forget"', '"wish.forgot"', "wish.forgot"),
        ("architecture", "events.py", "    sku_id: int", "    sku_id: object", "WishMade"),
        ("architecture", "domain/error.py", '"wish.already_wished"', '"order.not_found"', "AlreadyWished"),
        ("documents", "api/shop.py", "Put a SKU on the list.", "Wish for a SKU.", "stale"),
        ("errors", "domain/error.py", "There is no such SKU", "Unknown SKU", "stale"),
        (
            "schema",
            "domain/wish.py",
            "    wished_at: Mapped[datetime]",
            "    granted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)\n    wished_at: Mapped[datetime]",
            "granted_at",
        ),
        ("types", "facade.py", "customer_id=customer_id)", "customer_id=str(customer_id))", "arg-type"),
    ],
)
def test_broken_rule_is_noticed(workshop: Workshop, check: str, file: str, old: str, new: str, words: str) -> None:
    path = workshop.folder / "backend" / "wish" / file
    honest = path.read_text()
    workshop.replace(f"backend/wish/{file}", old, new)
    try:
        done = workshop.checks()[check]()
    finally:
        path.write_text(honest)
    assert done.returncode != 0, done.stdout
    assert words in done.stdout + done.stderr, done.stdout[-3000:] + done.stderr[-2000:]
