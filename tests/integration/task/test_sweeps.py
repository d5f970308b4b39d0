"""What the guide says of a table's sweep is true: beat's task looks for old rows of that very table."""

from __future__ import annotations

import pytest
from flask import Flask

from task.tasks import _TASKS
from tests.architecture.test_growth import BUSINESS, GUIDE, bounds_in
from tests.factories.statements import counted_statements

SWEPT = {(bound.table, bound.by) for bound in bounds_in(GUIDE.read_text(encoding="utf-8")) if bound.by != BUSINESS}


@pytest.mark.parametrize(("table", "task"), sorted(SWEPT))
def test_the_task_looks_at_the_table(app: Flask, table: str, task: str) -> None:
    with counted_statements() as seen:
        _TASKS[task]()
    assert [statement for statement in seen if table in statement] != []


def test_there_are_tables_that_are_swept() -> None:
    assert len(SWEPT) >= 12
