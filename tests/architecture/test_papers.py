"""What the papers point at exists, and the repository stays small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
MAX_PICTURE = 150_000


def dead_links(paper: Path, text: str) -> Iterator[str]:
    """Links of `text`, written in `paper`, to files that are not there."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not (paper.parent / target).exists():
            yield target


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_link_leads_somewhere(paper: Path) -> None:
    assert list(dead_links(paper, paper.read_text())) == []


def test_a_dead_link_is_noticed() -> None:
    text = "[a](README.md) [b](docs/nowhere.md#top) ![c](gone.png) [d](https://example.com/x) [e](#here)"
    assert list(dead_links(ROOT / "README.md", text)) == ["docs/nowhere.md", "gone.png"]


def pictures_in(paper: Path) -> set[Path]:
    """Those it shows, each with words for whoever does not see it."""
    return {(paper.parent / shown).resolve() for shown in re.findall(r"!\[[^\]]{10,}\]\(([^)]+)\)", paper.read_text())}


def test_both_readmes_show_the_same_pictures_guides_the_others_and_none_is_large() -> None:
    pictures = set((ROOT / "docs" / "pictures").iterdir())
    assert [picture.name for picture in pictures if picture.stat().st_size > MAX_PICTURE] == []
    english, chinese = (pictures_in(ROOT / readme) for readme in ("README.md", "README.zh-CN.md"))
    assert english == chinese
    guided = set().union(*(pictures_in(guide) for guide in (ROOT / "docs" / "guides").glob("*.md")))
    assert english | guided == pictures


def test_whoever_silences_the_type_checker_says_why() -> None:
    """A reason on the line, after the code that is ignored."""
    silent = re.compile(r"# type: ignore\b(?!\[[\w, -]+\]  # \w)")
    sources = [
        path
        for folder in ("backend", "kit", "task", "conf", "scripts", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
    ]
    assert len(sources) > 300
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if silent.search(line) and path != Path(__file__)
    ]
    assert found == []
