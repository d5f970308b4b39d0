"""Builds inventory's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask

from backend.approval import facade as approval
from backend.inventory.repository.batch import BatchRepository
from backend.inventory.repository.count import CountRepository
from backend.inventory.repository.document import DocumentRepository
from backend.inventory.repository.goods import GoodsRepository
from backend.inventory.repository.location import LocationRepository
from backend.inventory.repository.reservation import ReservationRepository
from backend.inventory.repository.shipped import ShippedRepository
from backend.inventory.service.adjusting import Adjusting
from backend.inventory.service.adjustment import AdjustmentExecutor, WriteOffExecutor
from backend.inventory.service.availability import Availability
from backend.inventory.service.count_posting import CountPostingExecutor
from backend.inventory.service.counting import Counting
from backend.inventory.service.documents import Documents
from backend.inventory.service.goods import Goods
from backend.inventory.service.holding import Holding
from backend.inventory.service.paper_query import PaperQuery
from backend.inventory.service.places import Places
from backend.inventory.service.query import StockQuery
from backend.inventory.service.receiving import Receiving
from backend.inventory.service.reserving import Reserving
from backend.inventory.service.returning import Returning
from backend.inventory.service.shelf_life import ShelfLife
from backend.inventory.service.statistics import Statistics
from backend.inventory.service.verification import Verification
from backend.inventory.service.writing_off import WritingOff
from kit.context.wiring import Wired


@dataclass(frozen=True)
class InventoryServices:
    """One object per capability."""

    stock: GoodsRepository
    availability: Availability
    receiving: Receiving
    reserving: Reserving
    holding: Holding
    documents: Documents
    adjusting: Adjusting
    writing_off: WritingOff
    returning: Returning
    counting: Counting
    places: Places
    shelf_life: ShelfLife
    query: StockQuery
    papers: PaperQuery
    statistics: Statistics
    verification: Verification


services: Wired[InventoryServices] = Wired("inventory")


def wire(app: Flask, _settings: Any) -> None:
    """Install the services into `app`."""
    stock, batches, locations = GoodsRepository(), BatchRepository(), LocationRepository()
    shelf_life = ShelfLife(stock, batches)
    goods = Goods(stock, batches, shelf_life)
    documents = Documents(goods, DocumentRepository(), locations)
    reserving = Reserving(goods, shelf_life, ReservationRepository(), locations)
    adjusting, writing_off = Adjusting(documents), WritingOff(documents)
    counting = Counting(documents, CountRepository())
    approval.register(app, AdjustmentExecutor(adjusting, stock, locations))
    approval.register(app, WriteOffExecutor(writing_off, stock, locations))
    approval.register(app, CountPostingExecutor(counting, stock, locations))
    services.install(
        app,
        InventoryServices(
            stock=stock,
            availability=Availability(stock, shelf_life),
            receiving=Receiving(goods),
            reserving=reserving,
            holding=Holding(reserving),
            documents=documents,
            adjusting=adjusting,
            writing_off=writing_off,
            returning=Returning(documents, ShippedRepository()),
            counting=counting,
            places=Places(stock, batches, locations),
            shelf_life=shelf_life,
            query=StockQuery(),
            papers=PaperQuery(),
            statistics=Statistics(),
            verification=Verification(),
        ),
    )
