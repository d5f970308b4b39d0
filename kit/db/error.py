"""The one place that reads driver errors. Codes: 1062 duplicate, 1205 lock wait, 1213 deadlock, 3819/4025 CHECK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError

_LOST_RACE = {1205, 1213, 1020}
_UNREACHABLE = {2002, 2003, 2006, 2013, 2014, 1040, 1053, 1129}


class RunAgain(Exception):
    """Raised by a use case that met a chance collision (a random number already taken): run it again from its start."""


def _driver_code(error: DBAPIError) -> int | None:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def is_lost_race(error: BaseException) -> bool:
    """True when running the whole use case again may succeed: stale version, deadlock, lock wait, busy SQLite."""
    if isinstance(error, StaleDataError | RunAgain):
        return True
    if not isinstance(error, OperationalError):
        return False
    return _driver_code(error) in _LOST_RACE or "database is locked" in str(error.orig)


def is_duplicate(error: BaseException, constraint: str | None = None) -> bool:
    """True for a violated UNIQUE or PRIMARY KEY; with `constraint`, only for that one.

    `constraint` is ``table.column`` of the first column or the constraint's name: SQLite reports columns, MySQL names.
    """
    if not isinstance(error, IntegrityError):
        return False
    text = str(error.orig)
    duplicate = _driver_code(error) == 1062 or "UNIQUE constraint failed" in text
    return duplicate and (constraint is None or constraint in text)


@contextmanager
def duplicate_is(refusal: Exception, *constraints: str) -> Iterator[None]:
    """Around a flush: a violated UNIQUE is `refusal`, which is made before, while the entity can still be asked.

    With `constraints` only for those (see `is_duplicate`). The driver's error is not chained: it quotes the row.
    """
    try:
        yield
    except IntegrityError as error:
        if any(is_duplicate(error, constraint) for constraint in constraints or (None,)):
            raise refusal from None
        raise


def is_unreachable(error: BaseException) -> bool:
    """True when the database cannot be reached or its pool is exhausted."""
    if isinstance(error, TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _driver_code(error) in _UNREACHABLE
