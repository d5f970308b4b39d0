"""A question whose words are counted: which of them to look for first, and what each is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.catalog.domain.search.document import key_of
from backend.catalog.domain.search.question import Question

FREQUENT = 512
"""A word that so many products have says the least there is to say, and its exact number is of no interest."""


@dataclass(frozen=True)
class Weighed:
    """`required` is rarest first; `rarity` 1 (everywhere) to 10 (one product)."""

    required: tuple[str, ...]
    helpful: tuple[str, ...]
    rarity: Mapping[str, int]
    documents: Mapping[str, int]
    heads: frozenset[str] = frozenset()

    @classmethod
    def of(cls, question: Question, documents: Mapping[str, int]) -> Weighed:
        """A code that exists is the whole question: nobody types one by chance."""
        if question.code is not None and documents[question.code]:
            question = Question(question.folded, (question.code,))
        required = tuple(sorted(question.required, key=lambda term: (documents[term], -len(term), term)))
        helpful = tuple(term for term in question.helpful if documents[term])
        rarity = {term: max(1, 11 - count.bit_length()) for term, count in documents.items()}
        return cls(required, helpful, rarity, documents, question.heads)

    @property
    def relaxed(self) -> bool:
        """No product has the rarest word: none has them all."""
        return not self.required or self.documents[self.required[0]] == 0

    @property
    def is_single(self) -> bool:
        """The order of one word's postings is the order of the answer."""
        return len(self.required) == 1 and not self.helpful

    @property
    def known(self) -> tuple[str, ...]:
        """The required words that some product has."""
        return tuple(term for term in self.required if self.documents[term])

    @property
    def weights(self) -> dict[str, int]:
        """A word weighs two, so does what names the thing, another character one: 箱 is half of 行李箱, 行 is not."""
        return {term: 2 if len(term) > 1 or term in self.heads else 1 for term in self.required}

    @property
    def worth(self) -> int:
        """Of a product that has all the required words."""
        return sum(self.weights.values())

    @property
    def needed(self) -> int:
        """Half of the weights, and at least that: most of the words."""
        return (self.worth + 1) // 2

    def values(self, terms: Iterable[str]) -> dict[str, str | bytes | int]:
        """`terms` numbered in their order, for a statement: term_0, key_0, rarity_0, weight_0, …"""
        weights, values = self.weights, dict[str, str | bytes | int]()
        for place, term in enumerate(terms):
            values[f"term_{place}"] = term
            values[f"key_{place}"] = key_of(term)
            values[f"behind_key_{place}"] = len(key_of(term))
            values[f"rarity_{place}"] = self.rarity[term]
            values[f"weight_{place}"] = weights.get(term, 0)
        return values
