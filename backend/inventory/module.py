"""Manifest of inventory."""

from backend.inventory.api.admin import admin
from backend.inventory.permission import InventoryPermission
from backend.inventory.wiring import wire
from kit.context.module import Module

module = Module(name="inventory", wire=wire, blueprints=(admin,), permissions=(InventoryPermission,))
