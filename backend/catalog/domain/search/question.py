"""What a customer typed, as terms: those a product must have, and those that make it a better answer."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.catalog.domain.search.document import CODE_MARK, NAME_MARK
from backend.catalog.domain.search.text import Script, Token, fold, tokens
from backend.catalog.domain.search.words import LONGEST, name_of, parts, pieces, says_something, words

MOST_REQUIRED = 12
MOST_HELPFUL = 8
_CODE = re.compile(r"[!-~]{3,64}")


@dataclass(frozen=True)
class Question:
    """`heads` are the required terms that name the thing: Chinese says last what something is, 箱 of 行李箱.

    `code` is the term of the whole question where it could be a product code or a bar code.
    """

    folded: str
    required: tuple[str, ...]
    helpful: tuple[str, ...] = ()
    heads: frozenset[str] = frozenset()
    code: str | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing to look for: punctuation, emoji."""
        return not self.required and self.code is None

    @property
    def terms(self) -> tuple[str, ...]:
        """All of them, once each."""
        return tuple(dict.fromkeys([*self.required, *self.helpful, *([self.code] if self.code else [])]))

    def by_characters(self) -> Question | None:
        """The same, with every Han character for itself: 羊毛盖毯 has all of 羊毛毯, however that was cut.

        None where that asks for nothing else, or where the customer has said where the words end.
        """
        found = list(tokens(self.folded))
        if sum(token.script is Script.HAN for token in found) != 1:
            return None
        spelled = [
            piece[:LONGEST] for token in found for piece in (token.text if token.script is Script.HAN else [token.text])
        ]
        required = tuple(dict.fromkeys(spelled))[:MOST_REQUIRED]
        return None if set(required) == set(self.required) else replace(self, required=required, helpful=())

    def in_pieces(self, unknown: Container[str]) -> Question:
        """The same, with `unknown` words taken apart: 宠物用品 is 宠物 and 用品, 狗窝 is 狗 and a name in 窝."""
        taken = {word: _pieces(word, word in self.heads) for word in self.required if word in unknown}
        required = dict.fromkeys(piece for word in self.required for piece in taken.get(word, [word]))
        heads = frozenset(taken.get(word, [word])[-1] for word in self.heads)
        return replace(self, required=tuple(required)[:MOST_REQUIRED], heads=heads)

    def by_name(self) -> Question | None:
        """What its last word names, 被 of 夏天用的薄被子; the rest only helps. None where it is not Chinese."""
        named = next((word for word in reversed(self.required) if word in self.heads), "")
        if not _is_han(named):
            return None
        rest = [*self.required, *self.helpful, *(piece for word in self.required for piece in _pieces(word, False))]
        helpful = tuple(dict.fromkeys(rest))[:MOST_HELPFUL]
        return replace(self, required=(NAME_MARK + name_of(named),), helpful=helpful)

    @property
    def key(self) -> str:
        """The same for questions that ask the same: what the log counts under."""
        return " ".join(self.folded.split())


def ask(text: str) -> Question:
    """Understand `text`. Words beyond the twelfth are left out: nobody means them, and every one costs."""
    folded = fold(text).strip()
    found = [[term[:LONGEST] for term in _required(token)] for token in tokens(folded)]
    if not any(found):
        # 的 alone is still a question.
        found = [[token.text[0]] for token in tokens(folded) if token.script is Script.HAN]
    required = tuple(dict.fromkeys(term for terms in found for term in terms))[:MOST_REQUIRED]
    helpful = dict.fromkeys(term[:LONGEST] for token in tokens(folded) for term in _helpful(token))
    return Question(
        folded=folded,
        required=required,
        helpful=tuple(term for term in helpful if term not in required)[:MOST_HELPFUL],
        heads=frozenset(terms[-1] for terms in found if terms),
        code=CODE_MARK + folded[: LONGEST - 1] if _CODE.fullmatch(folded) else None,
    )


def _is_han(word: str) -> bool:
    return [token.script for token in tokens(word)] == [Script.HAN]


def _pieces(word: str, is_head: bool) -> list[str]:
    if not _is_han(word) or len(word) == 1:
        return [word]
    found = pieces(word)
    return [*found[:-1], NAME_MARK + found[-1]] if is_head and len(found[-1]) == 1 else found


def _required(token: Token) -> Iterator[str]:
    if token.script is not Script.HAN:
        yield token.text
        return
    for word in words(token.text):
        if says_something(word):
            yield from filter(says_something, parts(word))


def _helpful(token: Token) -> Iterator[str]:
    if token.script is not Script.HAN:
        return
    cut = words(token.text)
    # 蚕丝填充夏凉被 has 蚕丝 and 被; 蚕丝被 has the word itself, and comes first.
    yield from (word for word in cut if len(word) > 1 and says_something(word))
    # Beside a single character the cut is least certain: 忆枕 makes 记忆枕 a better answer than 记忆绵靠枕.
    beside = ((left, right) for left, right in pairwise(cut) if len(left) == 1 or len(right) == 1)
    yield from (left[-1] + right[0] for left, right in beside if says_something(left) and says_something(right))
