"""Facts that need not be said: what is left out of an edit or a sheet stays as it is."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Unsaid(Enum):
    """Of one value. Not None: that says "none"."""

    UNSAID = "unsaid"


UNSAID: Final = Unsaid.UNSAID


def said(facts: DataclassInstance) -> dict[str, Any]:
    """The fields that were given a value, by name."""
    values = ((field.name, getattr(facts, field.name)) for field in fields(facts))
    return {name: value for name, value in values if value is not UNSAID}


def take_said(entity: object, facts: DataclassInstance) -> None:
    """Give `entity` the values that were said, under the same names."""
    for name, value in said(facts).items():
        setattr(entity, name, value)
