"""Days and moments that people send."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields

from kit.schema.fields import OTHER_CENTURY


class Moment(fields.AwareDateTime):
    """ISO-8601 with an offset, between 2000 and 2100."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {})
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not 2000 <= moment.year < 2100:
            raise ValidationError(OTHER_CENTURY)
        return moment


class Day(fields.Date):
    """A day of the shop's calendar, 2000 to 2099: ``2026-12-31``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not 2000 <= day.year < 2100:
            raise ValidationError(OTHER_CENTURY)
        return day
