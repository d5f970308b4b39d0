"""How many rows a conditional UPDATE or DELETE found: the answer to "was it I?" wherever two may try at once."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Insert, Update
from sqlalchemy.orm import Session, scoped_session


def changed(session: Session | scoped_session[Any], statement: Update | Delete | Insert) -> int:
    """Execute `statement` and return the number of rows it matched. Loaded entities are not brought up to date."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
