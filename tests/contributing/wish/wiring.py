"""Builds wish's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from backend.wish.repository.wish import WishRepository
from backend.wish.service.wishing import Wishing
from kit.context.wiring import Wired


@dataclass(frozen=True)
class WishServices:
    """One object per capability."""

    wishing: Wishing


services: Wired[WishServices] = Wired("wish")


def wire(app: Flask, _settings: Any) -> None:
    """Install the services into `app`."""
    services.install(app, WishServices(Wishing(WishRepository())))
