"""A context's manifest: what its module.py hands to the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click
from flask import Blueprint, Flask

from kit.event.bus import Subscription
from kit.security.permission import Permission


@dataclass(frozen=True, kw_only=True)
class Module:
    """Everything the application needs of one context. `wire` builds the services from settings."""

    name: str
    wire: Callable[[Flask, Any], None]
    blueprints: tuple[Blueprint, ...] = ()
    commands: tuple[click.Command, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    permissions: tuple[type[Permission], ...] = field(default=())
