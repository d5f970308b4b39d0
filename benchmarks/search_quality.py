"""How good search is: recall@10 of the judged questions, published in docs/search-quality.md.

REAL_CATALOG=FILE python -m benchmarks.search_quality writes the page; the catalogue itself is no part of the project.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.judgements import JUDGED

TOP = 10
PAGE = Path(__file__).parents[1] / "docs" / "search-quality.md"
_HEAD = """# How good search is

Written by `REAL_CATALOG=FILE python -m benchmarks.search_quality`. Each question was judged by reading the catalogue
of a real shop (239 products, one of them off sale), as a shopper would, before looking at what search answers; the
judgements are in `benchmarks/judgements.py`. Recall@10 is the share of the expected products among the first ten hits,
of at most ten that can be there. Precision@k looks at as many hits as there are expected products, at most ten. A
test holds the recall just below the measured one.

The rules of search were improved by looking at the misses of these same questions (the first run had 0.861), so the
figure flatters: questions nobody tuned for will do somewhat worse.

"""


@dataclass(frozen=True)
class Verdict:
    """One question: what was expected, and the first ten hits in their order."""

    query: str
    expected: frozenset[str]
    hits: tuple[str, ...]

    @property
    def found(self) -> int:
        """How many of the expected are there."""
        return len(self.expected.intersection(self.hits))

    @property
    def recall(self) -> float:
        """Of those that could be there."""
        return self.found / min(TOP, len(self.expected))

    @property
    def precision(self) -> float:
        """Of the first k hits, for k expected products."""
        most = min(TOP, len(self.expected))
        return len(self.expected.intersection(self.hits[:most])) / most

    @property
    def first_right(self) -> bool:
        """The first hit is one a person expects."""
        return bool(self.hits) and self.hits[0] in self.expected


def judge(search: Callable[[str], Sequence[str]], judged: Mapping[str, frozenset[str]] = JUDGED) -> list[Verdict]:
    """Ask every judged question; `search` gives the codes of the hits."""
    return [Verdict(query, expected, tuple(search(query)[:TOP])) for query, expected in judged.items()]


def mean_recall(verdicts: Sequence[Verdict]) -> float:
    """Every question counts the same."""
    return sum(verdict.recall for verdict in verdicts) / len(verdicts)


def render(verdicts: Sequence[Verdict]) -> str:
    """The page."""
    precision = sum(verdict.precision for verdict in verdicts) / len(verdicts)
    first = sum(verdict.first_right for verdict in verdicts)
    perfect = sum(verdict.recall == 1 for verdict in verdicts)
    lines = [
        f"**{len(verdicts)} questions: recall@10 {mean_recall(verdicts):.3f}**, precision@k {precision:.3f}, "
        f"first hit right in {first}, everything found in {perfect}.\n",
        "| question | expected | found | recall@10 | precision@k | first hit right | missing |",
        "|---|---|---|---|---|---|---|",
    ]
    for verdict in verdicts:
        missing = sorted(verdict.expected.difference(verdict.hits)) if verdict.recall < 1 else []
        lines.append(
            f"| {verdict.query} | {len(verdict.expected)} | {verdict.found} | {verdict.recall:.2f} "
            f"| {verdict.precision:.2f} | {'yes' if verdict.first_right else 'no'} | {' '.join(missing)} |"
        )
    return _HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """Returns the exit code."""
    catalogue = os.environ.get("REAL_CATALOG")
    if not catalogue:
        print("REAL_CATALOG names no file", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="qiyuan-quality-") as folder:
        verdicts = _measure(Path(catalogue), f"sqlite:///{folder}/shop.db")
    PAGE.write_text(render(verdicts))
    print(f"{len(verdicts)} questions, recall@10 {mean_recall(verdicts):.3f}: {PAGE.name}")
    return 0


def _measure(catalogue: Path, database_url: str) -> list[Verdict]:
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
        return judge(codes_found)


def codes_found(query: str) -> list[str]:
    """The product codes of the first page, in the running application."""
    from backend.catalog.wiring import services  # noqa: PLC0415
    from kit.repository.page import PageRequest  # noqa: PLC0415

    return [item["code"] for item in services().finding.search(query, PageRequest(TOP, None))["items"]]


if __name__ == "__main__":
    sys.exit(main())
