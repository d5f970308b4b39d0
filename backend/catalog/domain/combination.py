"""All specs that spec names and values make together (规格组合)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from backend.catalog.domain.error import TooManySkus
from backend.catalog.domain.spec import MAX_SKUS, NamedValue, Spec


def combinations(choices: Sequence[dict[str, Any]]) -> list[Spec]:
    """`choices`: ``[{"name": "颜色", "values": ["红", "蓝"]}, …]``, the last name changing fastest.

    Counted before they are made: five names of fifty values are 312 million. Raises `TooManySkus`, `SpecMalformed`.
    """
    wanted = math.prod(len(choice["values"]) for choice in choices)
    if wanted > MAX_SKUS:
        raise TooManySkus(maximum=MAX_SKUS, wanted=wanted)
    pairs = [[NamedValue(choice["name"], value) for value in choice["values"]] for choice in choices]
    return [Spec(combination) for combination in itertools.product(*pairs)]
