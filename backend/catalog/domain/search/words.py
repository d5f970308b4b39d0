"""Words of a run of Han characters, by rjieba's dictionary, and pairs for where the dictionary is wrong."""

from __future__ import annotations

import rjieba

LONGEST = 32
"""Of a term; what is longer is cut off, in documents and in questions alike."""

# Words that tell nothing about goods.
_EMPTY = frozenset("的了和与及或在是有用款我要想买个之为给请吗呢啊哪") | {"什么", "怎么", "一个", "这个", "那个"}
# 被子 is 被, 枕头 is 枕, 粉色 is 粉: the second character only makes a word of the first.
_SUFFIXES = frozenset("子头色")


def words(run: str) -> list[str]:
    """The words a reader would see, in order; together they are the run."""
    return rjieba.cut(run)


def every_word(run: str) -> set[str]:
    """All dictionary words inside, overlapping ones too: whoever asks for one finds the run, however it was cut."""
    return set(rjieba.cut_all(run)) | set(rjieba.cut_for_search(run))


def says_something(word: str) -> bool:
    """False for particles and the like."""
    return word not in _EMPTY


def pairs(run: str) -> list[str]:
    """Every two neighbours."""
    return [run[place : place + 2] for place in range(len(run) - 1)]


def has_suffix(pair: str) -> bool:
    """True when the first of two characters says it all: 被子, 粉色, 狗狗."""
    return pair[1] in _SUFFIXES or pair[0] == pair[1]


def name_of(run: str) -> str:
    """The character that says what a run of them names, its last one: 箱 of 登机箱, 窝 of 宠物窝, 被 of 厚被子."""
    return run[-2] if len(run) > 1 and has_suffix(run[-2:]) else run[-1]


def pieces(word: str) -> list[str]:
    """What a word is made of that no product has: shorter words, or else its characters."""
    inner = [piece for piece in rjieba.cut_for_search(word) if 1 < len(piece) < len(word)]
    return inner or list(word)


def parts(word: str) -> list[str]:
    """What a product must have to be meant by `word`: together less than the word, so that its neighbours are found.

    被子 is 被 and 狗狗 is 狗; 蚕丝被 is 蚕丝 and 被, what it is made of and what it is; what the dictionary does not
    know is taken by pairs, and two such characters one by one.
    """
    known = rjieba.has_word(word)
    if len(word) == 2 and has_suffix(word):
        return [word[0]]
    if len(word) == 3 and known and rjieba.has_word(word[:2]):
        # 大箱子 is 大箱, and 金黄色 金黄.
        return [word[:2]] if has_suffix(word[1:]) else [word[:2], word[2]]
    if len(word) < 2 or known:
        return [word]
    return pairs(word) if len(word) > 2 else list(word)
