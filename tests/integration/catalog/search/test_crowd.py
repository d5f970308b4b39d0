"""The generated catalogue is one that the shop itself would have made."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from backend.catalog.wiring import services
from benchmarks import browsing
from benchmarks.crowd import fill, questions
from benchmarks.scale import SCENARIOS, measure, shop_of
from benchmarks.sizes import Measured, publish, table
from kit.db.extension import db
from tests.factories.catalog_search import found


@pytest.mark.commits
def test_its_index_is_what_the_catalogue_would_write(app: Flask) -> None:
    crowd = fill(db.engine, 40)
    drift = services().indexing.drift()
    assert (drift.seen, drift.differing, drift.stale) == (40, [], [])
    assert len(crowd.products) == 40
    assert [title for title in found("新款") if not title.startswith("新款")] == []
    assert found("新款") != []


@pytest.mark.commits
def test_the_same_number_makes_the_same_titles(app: Flask) -> None:
    fill(db.engine, 10)
    titles = db.session.scalars(text("SELECT title FROM cat_product ORDER BY code")).all()
    assert len(titles) == 10
    assert titles[0] == "山居防水纯棉床单"
    assert list(questions(2)) == ["有机菜刀", "天丝收纳盒"]


def test_a_table_sets_the_sizes_side_by_side(tmp_path: Any) -> None:
    measured = [Measured("list", 1000, 1.0, 2.0, (2.0, 2.0, 4.0)), Measured("list", 100_000, 1.5, 2.5, (2.5, 2.0, 8.0))]
    about = {"measured_at": "now", "commit": "abc", "python": "3.11", "cores": 2, "load_before": 0, "database": "mysql"}
    shown = table(measured, about, unit="SKUs", run="5 rounds")
    assert "| scenario, ms | 1,000 SKUs p50 | p95 | 100,000 SKUs p50 | p95 | p95 ratio (rounds) |" in shown
    assert "| list | 1.00 | 2.00 | 1.50 | 2.50 | 1.25 (1.00–2.00) |" in shown
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- scale -->\nold\n<!-- /scale -->\nafter\n")
    publish("scale", shown, page)
    assert page.read_text() == f"before\n<!-- scale -->\n{shown}\n<!-- /scale -->\nafter\n"


@pytest.mark.mysql_only
def test_every_scenario_answers(app: Flask) -> None:
    with shop_of(30, "") as shop:
        measured = measure([shop], requests=2, rounds=1)
    assert {one.size for one in measured} == {shop.skus}
    assert 30 <= shop.skus <= 90
    assert all(one.p95_ms > 0 for one in measured)
    assert [one.scenario for one in measured] == list(SCENARIOS)


@pytest.mark.mysql_only
def test_every_filter_answers(app: Flask) -> None:
    with browsing.shop_of(60, "") as shop:
        measured = browsing.measure([shop], requests=5, rounds=1)
    assert {one.size for one in measured} == {60}
    assert {*browsing.FILTERS} <= {one.scenario for one in measured}
