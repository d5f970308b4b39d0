"""Manifest of cart."""

from backend.cart.api.shop import shop
from backend.cart.wiring import wire
from kit.context.module import Module

module = Module(name="cart", wire=wire, blueprints=(shop,))
