"""What goods have cost (移动加权平均): integers; the worth of a row is exact, the average what it divides to."""

from __future__ import annotations


def worth_of_incoming(units: int, *, cost_fen: int | None, on_hand: int, value_fen: int) -> int:
    """At their own cost, or at the average cost of what is there (0 when nothing is)."""
    if cost_fen is not None:
        return units * cost_fen
    return units * value_fen // on_hand if on_hand else 0


def worth_of_outgoing(units: int, *, on_hand: int, value_fen: int) -> int:
    """At the average cost, rounded down; the last unit takes what is left, so an empty row is worth nothing."""
    return value_fen * units // on_hand if on_hand else 0
