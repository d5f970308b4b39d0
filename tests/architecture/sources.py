"""The project's own source, as text, as syntax trees and as imported classes. Every rule here is a function of source,
so that a test can feed it a bad snippet and see it object."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("backend", "conf", "kit", "task")
# Starts a server of its own and shares no process with the shop.
_NEVER_IMPORTED = "kit.wechat.simulator"

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """One file; `name` is its path from the root of the project."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text, self.name)

    def walk(self, kind: type[T]) -> Iterator[T]:
        """Every node of `kind`."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file below `folders`, and those beside them in the root when none is named."""
    roots = [ROOT / folder for folder in folders or (*PACKAGES, "scripts")]
    paths = [path for root in roots for path in sorted(root.rglob("*.py"))]
    if not folders:
        paths += sorted(ROOT.glob("*.py"))
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


@cache
def import_everything() -> None:
    """Import every module that may live in the shop's process, so that subclasses can be walked."""
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
            if not module.name.startswith(_NEVER_IMPORTED):
                importlib.import_module(module.name)


def ours(base: type[T]) -> list[type[T]]:
    """Every subclass of `base` the project defines (not those of tests), in order of their names."""
    import_everything()
    found: set[type[T]] = set()
    waiting = [base]
    while waiting:
        fresh = [cls for cls in waiting.pop().__subclasses__() if cls not in found]
        found.update(fresh)
        waiting += fresh
    return sorted(
        (cls for cls in found if cls.__module__.split(".")[0] in PACKAGES),
        key=lambda cls: (cls.__module__, cls.__qualname__),
    )


def context_of(module: str) -> str:
    """``backend.order.events`` → ``order``; ``kit.security.error`` → ``kit``."""
    parts = module.split(".")
    return parts[1] if parts[0] == "backend" and len(parts) > 1 else parts[0]
