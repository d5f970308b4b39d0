"""Manifest of inventory."""

from backend.inventory.api.admin import admin
from backend.inventory.api.counts import counts
from backend.inventory.api.documents import documents
from backend.inventory.api.places import holds, locations
from backend.inventory.api.statistics import statistics
from backend.inventory.cli import inventory
from backend.inventory.permission import InventoryPermission
from backend.inventory.wiring import wire
from kit.context.module import Module

module = Module(
    name="inventory",
    wire=wire,
    blueprints=(admin, documents, counts, locations, holds, statistics),
    commands=(inventory,),
    permissions=(InventoryPermission,),
)
