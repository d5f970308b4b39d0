"""Permissions are StrEnums of ``context:action`` with a Chinese and an English name, declared by each context."""

from __future__ import annotations

from flask import current_app

from kit.domain.named import NamedEnum

PERMISSIONS_KEY = "qiyuan_permissions"


class Permission(NamedEnum):
    """Base of a context's permissions: members are ``NAME = "order:ship", "订单发货", "Ship orders"``."""


def declared_permissions() -> dict[str, Permission]:
    """Every permission of the running application, by value."""
    permissions: dict[str, Permission] = current_app.extensions[PERMISSIONS_KEY]
    return permissions
