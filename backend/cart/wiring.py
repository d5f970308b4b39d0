"""Builds cart's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from backend.cart.repository.line import CartRepository
from backend.cart.service.editing import CartEditing
from backend.cart.service.query import CartQuery
from kit.context.wiring import Wired


@dataclass(frozen=True)
class CartServices:
    """One object per capability."""

    editing: CartEditing
    query: CartQuery


services: Wired[CartServices] = Wired("cart")


def wire(app: Flask, _settings: Any) -> None:
    """Install the services into `app`."""
    lines = CartRepository()
    services.install(app, CartServices(CartEditing(lines), CartQuery(lines)))
