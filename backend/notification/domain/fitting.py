"""What WeChat takes in a field (订阅消息参数值内容限制): too long, empty or broken over lines, it answers 47003.

thing: at most 20 characters, any. character_string: at most 32 of ASCII's visible ones.
"""

from __future__ import annotations

import unicodedata

MAX_THING = 20
MAX_CHARACTERS = 32
_CUT = "…"
_JOINER = "\u200d"
_NOTHING = "-"


def thing(text: str, *, otherwise: str, ending: str = "") -> str:
    """`text` and `ending` within 20 characters, in one line; `otherwise` stands for a text without anything to see.

    Counted in UTF-16 units, as WeChat's own client does: an emoji is two, so the limit holds however one counts.
    """
    line = one_line(text) or otherwise
    return shortened(line, MAX_THING - _length(ending)) + ending


def characters(text: str) -> str:
    """`text` within 32 visible ASCII characters; a longer number ends in ``...``, so that nobody takes it for whole."""
    kept = "".join(character for character in text if "!" <= character <= "~") or _NOTHING
    return kept if len(kept) <= MAX_CHARACTERS else kept[: MAX_CHARACTERS - 3] + "..."


def shortened(line: str, room: int) -> str:
    """`line` within `room` UTF-16 units; one that was cut says so."""
    return line if _length(line) <= room else _cut(line, room - _length(_CUT)) + _CUT


def one_line(text: str) -> str:
    """Without control characters, lone surrogates and line breaks; only spaces between words."""
    visible = "".join(" " if _breaks(character) else character for character in text)
    line = " ".join(visible.split())
    return line if any(unicodedata.category(character)[0] not in "CMZ" for character in line) else ""


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(line: str, room: int) -> str:
    """The longest beginning of whole characters as people see them: no half of a family, no flag without its other."""
    kept = ""
    for shown in _as_people_see(line):
        if _length(kept + shown) > room:
            break
        kept += shown
    return kept.rstrip()


def _as_people_see(line: str) -> list[str]:
    """Base characters with what modifies them: accents, variation selectors, skin tones, joined emoji, flags."""
    shown: list[str] = []
    for character in line:
        if shown and (_modifies(character) or shown[-1].endswith(_JOINER) or _completes_flag(shown[-1], character)):
            shown[-1] += character
        else:
            shown.append(character)
    return shown


def _modifies(character: str) -> bool:
    tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return tone or character == _JOINER or unicodedata.category(character).startswith("M")


def _completes_flag(before: str, character: str) -> bool:
    return len(before) == 1 and _is_flag_letter(before) and _is_flag_letter(character)


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
