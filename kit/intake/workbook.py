"""Which worksheet is meant, where its parts are, and which number formats show dates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from kit.intake.archive import Archive, damaged
from kit.intake.text import local

_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
# What is quoted, escaped or in brackets is no part of the date, but for elapsed hours.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]


@dataclass
class Workbook:
    """`sheets`: name and part of every visible worksheet, in order; `strings`: part of the shared texts, if any."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: str | None = None
    dates: frozenset[int] = frozenset()
    """Numbers of the cell styles that show a date or a time."""


def read_workbook(archive: Archive) -> Workbook:
    """Raises `Unreadable` when it is no workbook."""
    roots = _relations(archive, "", "_rels/.rels")
    path = next((target for kind, target in roots.values() if kind == "officeDocument"), None)
    if path is None:
        raise damaged()
    folder, name = posixpath.split(path)
    relations = _relations(archive, folder, f"{folder}/_rels/{name}.rels")
    workbook = Workbook()
    for sheet, key in _visible(archive, path):
        kind, target = relations.get(key, ("", ""))
        if kind == "worksheet":
            workbook.sheets.append((sheet, target))
    for kind, target in relations.values():
        if kind == "sharedStrings" and archive.has(target):
            workbook.strings = target
        elif kind == "styles" and archive.has(target):
            workbook.dates = _date_styles(archive, target)
    return workbook


def _relations(archive: Archive, folder: str, part: str) -> dict[str, tuple[str, str]]:
    """Id → kind and part."""
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            # Absolute ones begin at the root of the archive.
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    _parse(archive, part, start)
    return found


def _visible(archive: Archive, part: str) -> list[tuple[str, str]]:
    sheets: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for name, value in attributes.items() if local(name) == "id" and " " in name), "")
            sheets.append((attributes.get("name", ""), key))

    _parse(archive, part, start)
    return sheets


def _date_styles(archive: Archive, part: str) -> frozenset[int]:
    dates, styles, inside = set(_DATE_FORMATS), [], [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "numFmt" and re.search("[dmyhs]", _LITERAL.sub("", attributes.get("formatCode", "")), re.IGNORECASE):
            dates.add(_number(attributes.get("numFmtId")))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            styles.append(_number(attributes.get("numFmtId")))

    def end(tag: str) -> None:
        if local(tag) == "cellXfs":
            inside[0] = False

    _parse(archive, part, start, end)
    return frozenset(number for number, style in enumerate(styles) if style in dates)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _parse(archive: Archive, part: str, start: _Start, end: _End | None = None) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    archive.parse(part, parser)
