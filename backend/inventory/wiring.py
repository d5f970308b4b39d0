"""Builds inventory's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from backend.inventory.repository.reservation import ReservationRepository
from backend.inventory.repository.stock import StockRepository
from backend.inventory.service.query import StockQuery
from backend.inventory.service.receiving import Receiving
from backend.inventory.service.reserving import Reserving
from kit.context.wiring import Wired


@dataclass(frozen=True)
class InventoryServices:
    """One object per capability."""

    stock: StockRepository
    receiving: Receiving
    reserving: Reserving
    query: StockQuery


services: Wired[InventoryServices] = Wired("inventory")


def wire(app: Flask, _settings: Any) -> None:
    """Install the services into `app`."""
    stock = StockRepository()
    services.install(
        app, InventoryServices(stock, Receiving(stock), Reserving(stock, ReservationRepository()), StockQuery())
    )
