"""Which locations give an order what it wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backend.inventory.domain.movement import Move, StockLevel
from backend.inventory.domain.stock import DEFAULT_LOCATION


def shortages(wanted: Sequence[Move], rows: Iterable[StockLevel]) -> dict[str, object]:
    """SKU → wanted and available, of those that all locations together do not have."""
    available: dict[int, int] = {}
    for row in rows:
        available[row.sku_id] = available.get(row.sku_id, 0) + row.available
    return {
        str(move.sku_id): {"wanted": move.quantity, "available": available.get(move.sku_id, 0)}
        for move in wanted
        if available.get(move.sku_id, 0) < move.quantity
    }


def spread(wanted: Sequence[Move], rows: Iterable[StockLevel], priorities: Mapping[int, int]) -> list[Move]:
    """The default location gives first, then the others by priority (lowest first) and id. There is enough."""
    places: dict[int, list[StockLevel]] = {}
    for row in rows:
        places.setdefault(row.sku_id, []).append(row)
    moves = []
    for move in wanted:
        left = move.quantity
        for row in sorted(places[move.sku_id], key=lambda row: _rank(row, priorities)):
            units = min(left, row.available)
            if units:
                moves.append(Move(row.sku_id, units, row.location_id))
                left -= units
    return sorted(moves, key=lambda move: move.key)


def _rank(row: StockLevel, priorities: Mapping[int, int]) -> tuple[bool, int, int]:
    return row.location_id != DEFAULT_LOCATION, priorities.get(row.location_id, 0), row.location_id
