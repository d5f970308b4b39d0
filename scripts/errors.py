"""Writes docs/errors.md, every stable error code; with --check says whether it is current."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import backend
import kit
from kit.api.known import Known, protocol_errors
from kit.domain.error import DomainError

TARGET = Path(__file__).parents[1] / "docs" / "errors.md"
_HEAD = """# Error codes

Written by `make errors` from the error classes. Every answer that is not a success is
`{"code", "message", "errors", "request_id"}`; `code` is stable within v1, `message` follows Accept-Language (zh
unless en is preferred), `errors` says in the same language what is wrong with which field or object. 429 and 503 carry
Retry-After, in seconds.

| code | status | 中文 | English |
|---|---|---|---|
"""


def render(errors: list[Known]) -> str:
    """The page, one row for each code and status."""
    rows = [f"| `{error.code}` | {error.status} | {_cell(error.zh)} | {_cell(error.en)} |\n" for error in errors]
    return _HEAD + "".join(rows)


def every_error() -> list[Known]:
    """Those of the classes and those of the protocol, in order of their codes."""
    _import_all()
    found: dict[tuple[str, int], Known] = {}
    for error in (*protocol_errors(), *map(Known.of, _leaves(DomainError))):
        # The class has the last word: Flask's own 401 and 429 borrow its code.
        found[error.code, error.status] = error
    return sorted(found.values(), key=lambda error: (error.code, error.status))


def _leaves(base: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in base.__subclasses__():
        if "code" in vars(error) and error.__module__.split(".")[0] in ("backend", "kit"):
            yield error
        yield from _leaves(error)


def _import_all() -> None:
    for package in (backend, kit):
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
            # The simulator starts a server of its own and never shares our process.
            if not module.name.startswith("kit.wechat.simulator"):
                importlib.import_module(module.name)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """Returns 1 when the page on disk is stale."""
    page = render(every_error())
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(page)
        return 0
    if TARGET.exists() and TARGET.read_text() == page:
        return 0
    sys.stderr.write("docs/errors.md is stale: run `make errors` and look at the difference\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
