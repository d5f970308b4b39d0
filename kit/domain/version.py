"""What the sender of an edit saw, and what there is now."""

from __future__ import annotations

from typing import Protocol

from kit.domain.error import Conflict


class StaleVersion(Conflict):
    """Somebody changed it since the sender read it. `errors` has both versions."""

    code = "kit.stale_version"
    zh = "内容已被他人修改：您提交的是版本 {sent}，当前是版本 {current}，请刷新后重试"
    en = "It was changed meanwhile: you sent version {sent}, it is now at {current}; reload and try again"


class Versioned(Protocol):
    """Anything that carries an optimistic version."""

    version: int


def check_version(entity: Versioned, sent: int | None) -> None:
    """Raises `StaleVersion` naming both versions; None: looked at before, by whoever asked for the change."""
    compare(entity.version, sent)


def compare(current: int, sent: int | None) -> None:
    """As `check_version`, of the version alone."""
    if sent is not None and sent != current:
        both = {"sent": sent, "current": current}
        raise StaleVersion(**both, errors={"version": both})
