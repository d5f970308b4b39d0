"""Shapes of search."""

from __future__ import annotations

from datetime import date

from marshmallow import fields, validate

from backend.catalog.domain.search_log import WORDS_LENGTH
from backend.catalog.schema.shop import ProductCardSchema
from backend.catalog.service.searching.offering import MOST_HIDDEN, MOST_OFFERED
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.edit import version_field
from kit.schema.fields import Line, Timestamp
from kit.schema.page import PageArguments, page_of

LONGEST_QUESTION = 100


class SearchArguments(PageArguments):
    """Query string of a search."""

    q = Line(LONGEST_QUESTION, required=True, metadata={"description": "What was typed", "example": "羊毛被"})


class SuggestionArguments(InputSchema):
    """Query string of the suggestions."""

    q = Line(LONGEST_QUESTION, required=True, metadata={"description": "What was typed so far", "example": "羊"})


class SegmentSchema(OutputSchema):
    """A piece of a title."""

    text = fields.String(metadata={"description": "Plain text: escape it like any other", "example": "羊毛"})
    marked = fields.Boolean(metadata={"description": "Part of what was searched for", "example": True})


class SearchHitSchema(ProductCardSchema):
    """A product that was found: the card of the product list, and its title in pieces."""

    title_segments = fields.List(
        fields.Nested(SegmentSchema), metadata={"description": "In order; together they are the title"}
    )


class SearchResultSchema(page_of(SearchHitSchema)):  # type: ignore[misc]  # made at import time
    """Hits, the best first."""

    relaxed = fields.Boolean(
        metadata={"description": "No product here has all the words; these have most of them", "example": False}
    )


class WordsSchema(OutputSchema):
    """Words to show."""

    items = fields.List(fields.String(), metadata={"example": ["羊毛被", "四件套"]})


class MissedSearchSchema(OutputSchema):
    """A question that found nothing, or only a guess."""

    day = fields.Function(
        lambda row: date.fromisoformat(str(row.day)).isoformat(),
        metadata={"type": "string", "format": "date", "description": "In the shop's zone", "example": "2026-11-20"},
    )
    words = fields.String(metadata={"example": "电饭煲"})
    times = fields.Integer(metadata={"description": "How often it was asked that day", "example": 7})
    missed = fields.Integer(metadata={"description": "How often without a hit", "example": 7})
    last_results = fields.Integer(metadata={"description": "Hits on the first page, the last time", "example": 0})
    last_at = Timestamp()


def _chosen(most: int, description: str) -> fields.List[str]:
    return fields.List(
        Line(WORDS_LENGTH),
        required=True,
        validate=validate.Length(0, most),
        metadata={"description": description, "example": ["羊毛被"]},
    )


class HotWordsInputSchema(InputSchema):
    """What staff choose; both lists are replaced."""

    arranged = _chosen(MOST_OFFERED, "Shown first, in this order")
    hidden = _chosen(MOST_HIDDEN, "Never shown, neither as hot words nor as suggestions")
    version = version_field()


class HotWordsSchema(OutputSchema):
    """What staff have chosen."""

    arranged = fields.List(fields.String(), metadata={"example": ["羊毛被"]})
    hidden = fields.List(fields.String(), metadata={"example": ["野兽派"]})
    version = fields.Integer(metadata={"description": "Of both lists together", "example": 3})
