"""No table grows without end and without a word: docs/guides/production.md says what bounds each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conf.settings import described
from kit.domain.entity import Entity
from task.schedule import SCHEDULE
from tests.architecture.sources import import_everything

GUIDE = Path(__file__).parents[2] / "docs/guides/production.md"
BUSINESS = "business"
_ROW = re.compile(r"\| (?P<tables>`[a-z]{3}_[^|]*) \| (?P<by>[^|]*) \| (?P<how>[^|]*) \|")
_SETTING = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


@dataclass(frozen=True)
class Bound:
    """A row: `by` is a task, or the business."""

    table: str
    by: str
    how: str


def bounds_in(guide: str) -> Iterator[Bound]:
    """One for each table that the guide names."""
    for row in _ROW.finditer(guide):
        for table in re.findall(r"`(\w+)`", row["tables"]):
            yield Bound(table, row["by"].strip("` "), row["how"].strip())


def flaws(bounds: Iterable[Bound], tables: Iterable[str]) -> list[str]:
    """What is missing, said twice, or not true."""
    found, known = list(bounds), set(tables)
    named = [bound.table for bound in found]
    swept = {entry["task"] for entry in SCHEDULE.values()}
    settings = {variable for variable, _ in described()}
    return [
        *(f"{table}: the guide does not say what bounds it" for table in sorted(known - set(named))),
        *(f"{table}: there is no such table" for table in sorted(set(named) - known)),
        *(f"{table}: named twice" for table in sorted({one for one in named if named.count(one) > 1})),
        *(f"{bound.table}: beat has no {bound.by}" for bound in found if bound.by not in {BUSINESS, *swept}),
        *(f"{bound.table}: no reason" for bound in found if len(bound.how) < 10),
        *(
            f"{bound.table}: there is no setting {name}"
            for bound in found
            for name in _SETTING.findall(bound.how)
            if name not in settings
        ),
    ]


def test_the_guide_says_what_bounds_every_table() -> None:
    import_everything()
    tables = [name for name in Entity.metadata.tables if not name.startswith("tests_")]
    assert flaws(bounds_in(GUIDE.read_text(encoding="utf-8")), tables) == []


def test_what_is_missing_or_untrue_is_noticed() -> None:
    guide = """
| Tables | Bounded by | How |
|---|---|---|
| `abc_one`, `abc_two` | `kit.sweep_messages` | KEEP_JOBS_DAYS (30) after that |
| `abc_two` | business | one for each |
| `abc_gone` | `kit.sweep_nothing` | KEEP_NOTHING_DAYS (30) |
| `abc_short` | business | few |
"""
    assert flaws(bounds_in(guide), ["abc_one", "abc_two", "abc_short", "abc_new"]) == [
        "abc_new: the guide does not say what bounds it",
        "abc_gone: there is no such table",
        "abc_two: named twice",
        "abc_gone: beat has no kit.sweep_nothing",
        "abc_short: no reason",
        "abc_gone: there is no setting KEEP_NOTHING_DAYS",
    ]
