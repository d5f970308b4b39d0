"""Rows with a parent_id become a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def nested(nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The roots of `nodes`, each node with its `children` in the order given."""
    by_id = {node["id"]: node | {"children": []} for node in nodes}
    roots: list[dict[str, Any]] = []
    for node in by_id.values():
        siblings = roots if node["parent_id"] is None else by_id[node["parent_id"]]["children"]
        siblings.append(node)
    return roots
