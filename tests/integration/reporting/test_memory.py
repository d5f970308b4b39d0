"""Five times the orders cost no more memory."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest
from flask import Flask

from backend.reporting.service import writing
from kit.job.wiring import run_job
from tests.factories.reporting import ask, job_row, many_orders

FEW, MANY = 1_000, 5_000


def peak(format: str, rows: int) -> int:
    """Bytes at the highest moment of one run over `rows` orders, above what was there before."""
    job_id = ask(format)
    gc.collect()
    tracemalloc.start()
    try:
        run_job(job_id=job_id)
        _, highest = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    job = job_row(job_id)
    assert (job.percent, job.result["rows"]) == (100, rows)
    return highest


@pytest.mark.timeout(300)
def test_memory_does_not_grow_with_the_number_of_orders(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    many_orders(FEW)
    for format in ("csv", "xlsx"):
        run_job(job_id=ask(format))  # what is loaded once is loaded now
    few = {format: peak(format, FEW) for format in ("csv", "xlsx")}
    many_orders(MANY - FEW, first=FEW)
    many = {format: peak(format, MANY) for format in ("csv", "xlsx")}
    ratios = {format: many[format] / few[format] for format in few}
    assert max(ratios.values()) < 1.3, (few, many)

    stream = writing.order.stream_orders

    def hoarding(*, selection: Any) -> Any:
        return list(stream(selection=selection))

    monkeypatch.setattr(writing.order, "stream_orders", hoarding)
    assert peak("csv", MANY) / few["csv"] > 3, "the control: whoever keeps every chunk is found out"
