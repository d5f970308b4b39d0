"""Permissions are StrEnums of ``context:action`` with a Chinese and an English name, declared by each context."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from flask import current_app

PERMISSIONS_KEY = "qiyuan_permissions"


class Permission(StrEnum):
    """Base of a context's permissions: members are ``NAME = "order:ship", "订单发货", "Ship orders"``."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member


def declared_permissions() -> dict[str, Permission]:
    """Every permission of the running application, by value."""
    permissions: dict[str, Permission] = current_app.extensions[PERMISSIONS_KEY]
    return permissions
