"""How good search is: recall@10 of three sets of judged questions, published in docs/search-quality.md.

REAL_CATALOG=FILE python -m benchmarks.search_quality writes the page; the catalogue itself is no part of the project.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.judgements import SETS
from benchmarks.judging import TOP, Figures, Quality, judge
from benchmarks.search_page import render

PAGE = Path(__file__).parents[1] / "docs" / "search-quality.md"


def main() -> int:
    """Returns the exit code."""
    catalogue = os.environ.get("REAL_CATALOG")
    if not catalogue:
        print("REAL_CATALOG names no file", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="qiyuan-quality-") as folder:
        measured = _measure(Path(catalogue), f"sqlite:///{folder}/shop.db")
    PAGE.write_text(render(measured), encoding="utf-8")
    for name, quality in measured.items():
        figures = Figures.of(quality.verdicts)
        print(f"{name}: {figures.questions} questions, recall@10 {figures.recall:.3f}")
    return 0


def _measure(catalogue: Path, database_url: str) -> dict[str, Quality]:
    from backend.app import create_app  # noqa: PLC0415 - the rest of the module needs no shop
    from backend.catalog.wiring import services  # noqa: PLC0415
    from conf.settings import DatabaseSettings, Settings  # noqa: PLC0415
    from kit.db.extension import db  # noqa: PLC0415
    from kit.domain.clock import utc_now  # noqa: PLC0415

    app = create_app(Settings(env="test", database=DatabaseSettings(url=database_url)))
    with app.app_context():
        db.create_all()
        with catalogue.open("rb") as file:
            services().importing.run(file, operator="system:quality", now=utc_now())
        services().indexing.everything()
        return {name: judge(codes_found, questions) for name, questions in SETS.items()}


def codes_found(query: str) -> list[str]:
    """The product codes of the first page, in the running application."""
    from backend.catalog.wiring import services  # noqa: PLC0415
    from kit.repository.page import PageRequest  # noqa: PLC0415

    return [item["code"] for item in services().finding.search(query, PageRequest(TOP, None))["items"]]


if __name__ == "__main__":
    sys.exit(main())
