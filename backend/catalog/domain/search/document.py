"""A product as the index knows it: terms, each with the impact its product has for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from backend.catalog.domain.search.text import Script, fold, tokens
from backend.catalog.domain.search.words import LONGEST, every_word, has_suffix, name_of, pairs, words
from backend.catalog.domain.status import ProductStatus

MOST_TERMS = 200
MOST_IMPACT = 100_000
DIGITS = len(str(MOST_IMPACT))
CODE_MARK = "#"
"""Before the terms that are codes: a code is found whole, and never taken for a word."""
NAME_MARK = "$"
"""Before the character a name ends in, which in Chinese says what a thing is: 宠物窝 is a 窝, 登机箱 is no 机."""
FACET_MARK = "@"
"""Before what staff filter by: ids of categories, brand and tags, a state. No customer can ask for it."""
OFF_SHELF = "~"
"""Before every term of a product that is not on sale: customers' words never meet them."""

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
    """What can be found of a product. `fields` are (text, weight); `codes` are found whole, `marks` by staff alone."""

    product_id: int
    fields: tuple[tuple[str, int], ...]
    codes: tuple[str, ...] = ()
    sales: int = 0
    in_stock: bool = True
    marks: tuple[str, ...] = ()
    on_sale: bool = True

    def impacts(self) -> dict[str, int]:
        """Term → impact: the `MOST_TERMS` strongest, all codes and marks.

        A term adds up over fields; within one its best reading counts. All marks weigh the same: the products of one
        are in order of age.
        """
        summed: dict[str, int] = defaultdict(int)
        for text, weight in self.fields:
            for term, percent in readings(text, whole=weight >= PARENT).items():
                summed[term] += weight * percent // 100
        strongest = nlargest(MOST_TERMS, summed.items(), key=lambda item: (item[1], item[0]))
        # Nobody can ask for a code with a space in it.
        codes = (code for code in map(fold, self.codes) if not _SPACE.search(code))
        exact = {CODE_MARK + code[: LONGEST - 1]: MOST_IMPACT for code in codes}
        marks = dict.fromkeys((FACET_MARK + mark for mark in self.marks), 1)
        found = {term: self._weigh(impact) for term, impact in strongest} | exact | marks
        return found if self.on_sale else {off_shelf(term): impact for term, impact in found.items()}

    def _weigh(self, impact: int) -> int:
        popular = impact * (100 + _PER_DOUBLING * doublings(self.sales)) // 100
        return max(1, min(MOST_IMPACT, popular if self.in_stock else popular // 2))


def doublings(sales: int) -> int:
    """How popular it is: what search goes by changes with it alone, not with every unit."""
    return min(_MOST_SALES, (max(0, sales) + 1).bit_length() - 1)


def packed(impacts: Mapping[str, int]) -> bytes:
    """All words and codes in one value, the strongest first: `key_of` the term, then its impact in `DIGITS` digits.

    Customers' questions read it: it is without marks, and empty for a product that is not on sale.
    """
    told = ((term, impact) for term, impact in impacts.items() if not term.startswith((FACET_MARK, OFF_SHELF)))
    strongest = sorted(told, key=lambda item: (-item[1], item[0]))
    return b"".join(key_of(term) + b"%0*d" % (DIGITS, impact) for term, impact in strongest)


def off_shelf(term: str) -> str:
    """The term of a product that is not on sale."""
    return (OFF_SHELF + term)[:LONGEST]


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


def marks(
    status: ProductStatus | None,
    *,
    category_ids: Sequence[int] = (),
    brand_id: int | None = None,
    tag_ids: Sequence[int] = (),
) -> tuple[str, ...]:
    """What staff filter by, of a product (with all categories above its own) and of a question alike.

    No two things have one id. What is on sale is known by its terms.
    """
    ids = [*category_ids, *([] if brand_id is None else [brand_id]), *tag_ids]
    states = [] if status in (None, ProductStatus.ON_SALE) else [str(status)]
    return (*map(str, ids), *states)
