"""Text becomes tokens: runs of Han characters, Latin words, numbers with their unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

# Scripts written without spaces: Han with its extension A, kana, Hangul.
_SPACELESS = r"㐀-䶿一-鿿豈-﫿぀-ヿ가-힣々"
# What people write for the same measure; 斤 and 寸 have no other sign.
_UNITS = {"千克": "kg", "公斤": "kg", "克": "g", "毫升": "ml", "厘米": "cm", "毫米": "mm", "升": "l", "米": "m"} | {
    "英寸": "寸",
    "寸": "寸",
    "斤": "斤",
}
_TOKEN = re.compile(
    rf"(?P<measure>(?P<number>\d+(?:\.\d+)?)(?P<unit>{'|'.join(_UNITS)}|[^\W\d_{_SPACELESS}]*))"
    rf"|(?P<han>[{_SPACELESS}]+)"
    rf"|(?P<word>[^\W_{_SPACELESS}]+)"
)


class Script(Enum):
    """What a token is written in."""

    HAN = "han"
    WORD = "word"
    MEASURE = "measure"


@dataclass(frozen=True)
class Token:
    """A piece of folded text. `number` is the bare number of a measure: ``500`` of ``500g``."""

    text: str
    script: Script
    number: str = ""


def fold(text: str) -> str:
    """Full width becomes half width, upper case lower, é is e; what nobody sees goes."""
    return "".join(fold_character(character) for character in text)


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """One character, folded by itself, so that places in the folded text can be told in the original."""
    parts = unicodedata.normalize("NFKD", character)
    seen = "".join(part for part in parts if unicodedata.category(part) not in ("Cf", "Mn"))
    return unicodedata.normalize("NFC", seen).casefold()


def tokens(folded: str) -> Iterator[Token]:
    """The tokens of `folded` text, in order; everything else separates."""
    for found in _TOKEN.finditer(folded):
        if found["han"]:
            yield Token(found["han"], Script.HAN)
        elif found["word"]:
            yield Token(found["word"], Script.WORD)
        else:
            unit = found["unit"]
            yield Token(found["number"] + _UNITS.get(unit, unit), Script.MEASURE, found["number"])
