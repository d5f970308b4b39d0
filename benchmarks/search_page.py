"""docs/search-quality.md: what two sets of judged questions say about search, and every miss."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.judging import Quality, Verdict, mean_recall

_HEAD = """# How good search is

Written by `REAL_CATALOG=FILE python -m benchmarks.search_quality`. Questions to the catalogue of a real shop (239
products, one of them off sale) were judged by reading the whole catalogue, as a shopper would, before looking at what
search answers. Recall@10 is the share of the expected products among the first ten hits, of at most ten that can be
there. Precision@k looks at as many hits as there are expected products, at most ten. A test holds both recalls just
below the measured ones.

- **Tuned** (`benchmarks/judgements.py`): the rules of search were improved by looking at the misses of these questions
  (their first run had 0.861), so their figure flatters. They are mostly what things are called in the shop.
- **Held out** (`benchmarks/held_out.toml`): written and committed by somebody who had read the catalogue and had not
  run search, nor read its rules or results; what repeats a tuned question was taken out. They are everyday words,
  other words for the same thing, properties, occasions, misspellings and whole phrases. How many there are of a kind
  was the author's choice, not a log's: a shop's own figure depends on what its customers type.
"""


def render(quality: Quality) -> str:
    """The page."""
    sections = [
        _HEAD,
        _figures(quality),
        "## Held out\n",
        _table(quality.held_out),
        "\n## Tuned\n",
        _table(quality.tuned),
    ]
    return "\n".join(sections) + "\n"


def _figures(quality: Quality) -> str:
    sets = {"**held out**": quality.held_out, "tuned": quality.tuned}
    kinds = {f"held out: {kind}": verdicts for kind, verdicts in quality.by_kind.items()}
    lines = [
        "| questions | how many | recall@10 | precision@k | first hit right | everything found |",
        "|---|---|---|---|---|---|",
    ]
    for name, verdicts in (sets | kinds).items():
        precision = sum(verdict.precision for verdict in verdicts) / len(verdicts)
        first = sum(verdict.first_right for verdict in verdicts)
        perfect = sum(verdict.recall == 1 for verdict in verdicts)
        lines.append(
            f"| {name} | {len(verdicts)} | {mean_recall(verdicts):.3f} | {precision:.3f} | {first} | {perfect} |"
        )
    return "\n".join(lines) + "\n"


def _table(verdicts: Sequence[Verdict]) -> str:
    lines = [
        "| question | expected | found | recall@10 | precision@k | first hit right | missing |",
        "|---|---|---|---|---|---|---|",
    ]
    for verdict in verdicts:
        missing = sorted(verdict.expected.difference(verdict.hits)) if verdict.recall < 1 else []
        lines.append(
            f"| {verdict.query} | {len(verdict.expected)} | {verdict.found} | {verdict.recall:.2f} "
            f"| {verdict.precision:.2f} | {'yes' if verdict.first_right else 'no'} | {' '.join(missing)} |"
        )
    return "\n".join(lines)
