"""The ZIP around an XLSX file, opened without trusting what it says about itself."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, cast
from xml.parsers import expat

from kit.domain.words import Words
from kit.intake.record import Unreadable

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_END, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_ZIP64_LOCATOR, _LOCATOR_LENGTH = b"PK\x06\x07", 20
# A list of contents this long would name thousands of parts; a workbook has a few dozen.
_MOST_OF_CONTENTS = 512 * 1024
MOST_BYTES = 512 * 1024 * 1024
"""Of one part, unpacked."""
_CHUNK = 65_536
# Of one tag with its attributes: expat before 2.6 begins a tag that is not complete anew with every piece.
_LONGEST_TAG = 1024 * 1024
# Tags inside each other: expat keeps every open one, a workbook has a dozen.
_DEEPEST = 100
_SAVE_AGAIN = Words(
    "请用 Excel/WPS 打开后另存为“Excel 工作簿（.xlsx）”再上传",
    "Open it in Excel or WPS, save it as a workbook (.xlsx), and upload that",
)


class Archive:
    """The parts of a workbook. Raises `Unreadable` for whatever is none."""

    def __init__(self, file: BinaryIO) -> None:
        _refuse_other_formats(file)
        _refuse_long_contents(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise damaged() from error
        self._names = set(self._zip.namelist())

    def has(self, name: str) -> bool:
        """True when there is such a part."""
        return name in self._names

    def size(self, name: str) -> int:
        """Bytes of the part, unpacked, as it says itself."""
        return self._zip.getinfo(name).file_size

    def parse(self, name: str, parser: expat.XMLParserType) -> None:
        """Feed the part to `parser`, a piece at a time. Exceptions of its handlers pass."""
        for _ in self.pieces(name, parser):
            pass

    def pieces(self, name: str, parser: expat.XMLParserType) -> _Pieces:
        """Iterates while it feeds: yields how many bytes have been fed so far."""
        if not self.has(name):
            raise damaged()
        if self.size(name) > MOST_BYTES:
            raise Unreadable(
                Words("解压后过大", "Too large when unpacked"),
                Words("请拆成几个较小的文件，或改用 CSV", "Split it into smaller files, or use CSV"),
            )
        return _Pieces(self._zip, name, parser)


class _Pieces:
    """One part on its way into a parser."""

    def __init__(self, archive: zipfile.ZipFile, name: str, parser: expat.XMLParserType) -> None:
        parser.StartDoctypeDeclHandler = _refuse_doctype
        _bound_depth(parser)
        try:
            self._stream = archive.open(name)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise damaged() from error
        self._parser = parser
        self._fed = 0

    def __iter__(self) -> _Pieces:
        return self

    def __next__(self) -> int:
        try:
            piece = self._stream.read(_CHUNK)
            self._parser.Parse(piece, not piece)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise damaged() from error
        if not piece:
            self._stream.close()
            raise StopIteration
        self._fed += len(piece)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TAG:
            raise damaged()
        return self._fed


def _bound_depth(parser: expat.XMLParserType) -> None:
    """Around the handlers it has."""
    opened = cast("Callable[[str, dict[str, str]], Any] | None", parser.StartElementHandler)
    closed, depth = parser.EndElementHandler, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise damaged()
        if opened is not None:
            opened(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if closed is not None:
            closed(tag)

    parser.StartElementHandler, parser.EndElementHandler = start, end


def _refuse_doctype(*_: object) -> None:
    raise damaged()


def damaged() -> Unreadable:
    """For a file that only looks like a workbook."""
    return Unreadable(Words("文件已损坏，或不是 Excel 工作簿", "The file is damaged, or no workbook"), _SAVE_AGAIN)


def _refuse_other_formats(file: BinaryIO) -> None:
    file.seek(0)
    if file.read(len(_OLE)) != _OLE:
        return
    file.seek(0)
    before = b""
    while piece := file.read(_CHUNK):
        if _ENCRYPTED in before + piece:
            raise Unreadable(
                Words("文件有密码", "The file has a password"),
                Words(
                    "请在 Excel/WPS 中取消打开密码后再上传", "Remove the password in Excel or WPS, and upload it again"
                ),
            )
        before = piece[-len(_ENCRYPTED) :]
    raise Unreadable(
        Words("这是旧版 Excel 文件（.xls），即使扩展名是 .xlsx", "An old Excel file (.xls), whatever its name says"),
        _SAVE_AGAIN,
    )


def _refuse_long_contents(file: BinaryIO) -> None:
    """`ZipFile` would read the whole list of contents into memory before anybody could look at it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _LONGEST_COMMENT - _END_LENGTH - _LOCATOR_LENGTH, 0))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_LENGTH:
        raise damaged()
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    locator = tail[max(end - _LOCATOR_LENGTH, 0) : end]
    if length > _MOST_OF_CONTENTS or locator.startswith(_ZIP64_LOCATOR):
        raise damaged()
    file.seek(0)
