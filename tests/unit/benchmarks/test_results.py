"""A result is a dated file; only one without a label gets into the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import results
from benchmarks.load import measure
from benchmarks.statistics import Summary

PAGE = "# Page\n\n<!-- scenarios -->\nold\n<!-- /scenarios -->\n\n<!-- workers -->\nkept\n<!-- /workers -->\n"
ABOUT = {"commit": "abc", "python": "3.11", "cores": 2, "load_before": 0.1, "servers": {"database": "real"}}


def summary(**changed: Any) -> Summary:
    values = {"scenario": "list", "rounds": 3, "rate": 50.0, "slowest_round": 45.0, "fastest_round": 55.0, "ratio": 0.5}
    return Summary(**(values | {"p50_ms": 1.0, "p99_ms": 2.0, "generator_share": 0.3} | changed))


def written(folder: Path, monkeypatch: pytest.MonkeyPatch, label: str) -> Path:
    monkeypatch.setattr(results, "RESULTS", folder)
    return results.write("scenarios", [summary()], label=label, seconds=2, about=ABOUT)


def test_a_result_carries_when_where_and_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = written(tmp_path, monkeypatch, "trial")

    document = json.loads(target.read_text())
    assert target.name.endswith("Z-scenarios-trial.json")
    assert (document["machine"], document["label"], document["scenarios"][0]["rate"]) == (ABOUT, "trial", 50.0)


def test_publishing_replaces_the_table_of_its_kind_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)

    results.publish(written(tmp_path, monkeypatch, ""), page)

    text = page.read_text()
    assert "| list | 50.0 (45.0–55.0) | 0.500 | 1.00 | 2.00 |" in text
    assert "old" not in text
    assert "<!-- workers -->\nkept\n<!-- /workers -->" in text


def test_a_trial_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)

    with pytest.raises(ValueError, match="labelled 'trial'"):
        results.publish(written(tmp_path, monkeypatch, "trial"), page)

    assert page.read_text() == PAGE


def test_a_page_without_marks_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="no marks"):
        results.publish(written(tmp_path, monkeypatch, ""), page)
    assert page.read_text() == "nothing"


def test_a_figure_that_is_the_generators_limit_says_so() -> None:
    document = {"machine": ABOUT, "measured_at": "now", "seconds_per_slice": 1}
    assert "≥" not in results.table(document | {"scenarios": [vars(summary(generator_share=0.8))]})
    assert "| list | ≥ 50.0" in results.table(document | {"scenarios": [vars(summary(generator_share=0.81))]})


def test_the_page_has_a_place_for_each_kind() -> None:
    page = results.PAGE.read_text()
    assert [
        mark
        for kind in ("scenarios", "workers")
        for mark in (f"<!-- {kind} -->", f"<!-- /{kind} -->")
        if page.count(mark) != 1
    ] == []


def test_a_failing_step_ends_the_measurement() -> None:
    def fail() -> None:
        raise RuntimeError("500")

    with pytest.raises(RuntimeError, match="500"):
        measure("broken", 1, [fail, lambda: None], seconds=0.05)
