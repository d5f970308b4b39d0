"""What a setting's value must be, as rules that say it in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

_TEMPLATE_FIELD = re.compile(r"[1-9][0-9]?$")

Rule = Callable[[Any], str | None]
"""Returns what the value must be when it is not; None when it is fine."""


def one_of(*allowed: str) -> Rule:
    """Exactly one of these words."""
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def between(low: int, high: int) -> Rule:
    """A whole number within bounds."""
    return lambda value: None if low <= value <= high else f"must be a whole number from {low} to {high}"


def address(*schemes: str) -> Rule:
    """An address that starts with one of these schemes and names a host or file."""

    def check(value: str) -> str | None:
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        named = bool(parts.netloc or parts.path.strip("/")) or parts.scheme in ("memory", "sqlite")
        if parts.scheme in schemes and named:
            return None
        return "must be an address such as " + " or ".join(f"{scheme}://…" for scheme in schemes)

    return check


def optional(rule: Rule) -> Rule:
    """Nothing at all, or what `rule` says."""
    return lambda value: None if value == "" else rule(value)


def template_fields(**kinds: tuple[str, ...]) -> Rule:
    """Pairs ``word:field``: each word of `kinds` at most once, each with a field of its own of one of its kinds."""

    def check(value: str) -> str | None:
        pairs = [pair.partition(":")[::2] for pair in value.split()]
        words, named = zip(*pairs, strict=True) if pairs else ((), ())
        known = all(_TEMPLATE_FIELD.sub("", field) in kinds.get(word, ()) for word, field in pairs)
        numbered = all(_TEMPLATE_FIELD.search(field) for field in named)
        if pairs and known and numbered and len(set(words)) == len(words) and len(set(named)) == len(named):
            return None
        return "must be pairs such as " + " ".join(f"{word}:{allowed[0]}1" for word, allowed in kinds.items())

    return check


def anything(_value: Any) -> str | None:
    """No rule."""
    return None
