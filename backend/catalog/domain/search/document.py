"""A product as the index knows it: terms, each with the impact its product has for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from backend.catalog.domain.search.text import Script, fold, tokens
from backend.catalog.domain.search.words import LONGEST, every_word, has_suffix, name_of, pairs, words

MOST_TERMS = 200
MOST_IMPACT = 100_000
DIGITS = len(str(MOST_IMPACT))
CODE_MARK = "#"
"""Before the terms that are codes: a code is found whole, and never taken for a word."""
NAME_MARK = "$"
"""Before the character a name ends in, which in Chinese says what a thing is: 宠物窝 is a 窝, 登机箱 is no 机."""

# What a word in this field says about the product.
TITLE, BRAND, CATEGORY, TAG, PARENT, SELLING_POINT, SPEC, PARAMETER = 1000, 900, 500, 500, 300, 250, 250, 120
# Per cent of that: for a word as it was cut, for one inside another word, for a pair that may be no word at all …
_WORD, _INNER, _PAIR, _CHARACTER, _LONE, _BARE_NUMBER, _PREFIX = 100, 60, 35, 20, 60, 50, 40
_SHORTEST_PREFIX, _LONGEST_PREFIX = 2, 10
_SPACE = re.compile(r"\s")
# Four per cent for each doubling of the sales, and no more than twice the impact.
_PER_DOUBLING, _MOST_SALES = 4, 25


@dataclass(frozen=True, kw_only=True)
class SearchDocument:
    """What can be found of a product on sale. `fields` are (text, weight); `codes` are found whole."""

    product_id: int
    fields: tuple[tuple[str, int], ...]
    codes: tuple[str, ...] = ()
    sales: int = 0
    in_stock: bool = True

    def impacts(self) -> dict[str, int]:
        """Term → impact, the `MOST_TERMS` strongest. A term adds up over fields; within one its best reading counts."""
        summed: dict[str, int] = defaultdict(int)
        for text, weight in self.fields:
            for term, percent in readings(text, whole=weight >= PARENT).items():
                summed[term] += weight * percent // 100
        strongest = nlargest(MOST_TERMS, summed.items(), key=lambda item: (item[1], item[0]))
        # Nobody can ask for a code with a space in it.
        codes = (code for code in map(fold, self.codes) if not _SPACE.search(code))
        exact = {CODE_MARK + code[: LONGEST - 1]: MOST_IMPACT for code in codes}
        return {term: self._weigh(impact) for term, impact in strongest} | exact

    def _weigh(self, impact: int) -> int:
        popular = impact * (100 + _PER_DOUBLING * doublings(self.sales)) // 100
        return max(1, min(MOST_IMPACT, popular if self.in_stock else popular // 2))


def doublings(sales: int) -> int:
    """How popular it is: what search goes by changes with it alone, not with every unit."""
    return min(_MOST_SALES, (max(0, sales) + 1).bit_length() - 1)


def packed(impacts: Mapping[str, int]) -> bytes:
    """All terms in one value, the strongest first: `key_of` the term, then its impact in `DIGITS` digits."""
    strongest = sorted(impacts.items(), key=lambda item: (-item[1], item[0]))
    return b"".join(key_of(term) + b"%0*d" % (DIGITS, impact) for term, impact in strongest)


def key_of(term: str) -> bytes:
    """What stands before a term's impact, and nowhere else: no term has white space."""
    return f"\n{term}\t".encode()


def readings(text: str, *, whole: bool) -> dict[str, int]:
    """Every term of a text and how good a reading of it that is, in per cent. `whole`: single characters as well."""
    best: dict[str, int] = {}
    for term, percent in _readings(fold(text), whole):
        cut = term[:LONGEST]
        best[cut] = max(percent, best.get(cut, 0))
    return best


def _readings(folded: str, whole: bool) -> Iterator[tuple[str, int]]:
    for token in tokens(folded):
        if token.script is Script.HAN:
            yield from _han(token.text, whole)
        else:
            yield token.text, _WORD
            yield from _prefixes(token.text) if token.script is Script.WORD else [(token.number, _BARE_NUMBER)]


def _han(run: str, whole: bool) -> Iterator[tuple[str, int]]:
    for word in words(run):
        yield word, _WORD if len(word) > 1 else _LONE
    for word in every_word(run):
        if len(word) > 1:
            yield word, _INNER
    for pair in pairs(run):
        yield pair, _PAIR
        if has_suffix(pair):
            yield pair[0], _PAIR
    if whole:
        for character in run:
            yield character, _CHARACTER
        yield NAME_MARK + name_of(run), _CHARACTER


def _prefixes(word: str) -> Iterator[tuple[str, int]]:
    for length in range(_SHORTEST_PREFIX, min(len(word) - 1, _LONGEST_PREFIX) + 1):
        yield word[:length], _PREFIX


def codes_of(product_code: str, sku_codes: Sequence[str]) -> tuple[str, ...]:
    """The codes worth an entry: those of SKUs only when they are few, a bar code is given with them."""
    return tuple(dict.fromkeys([product_code, *sku_codes]))
