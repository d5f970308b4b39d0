"""What somebody uploaded, told apart by its content: nobody trusts an extension."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO, BinaryIO

from kit.intake.csv import read_csv
from kit.intake.record import Reading
from kit.intake.xlsx import read_xlsx

_BOOKS = (b"PK\x03\x04", b"PK\x05\x06", bytes.fromhex("d0cf11e0"))


def is_workbook(file: IO[bytes]) -> bool:
    """True for XLSX, and for what was meant to be one."""
    file.seek(0)
    beginning = file.read(4)
    file.seek(0)
    return beginning in _BOOKS


def read_upload(file: BinaryIO, columns: Collection[str]) -> Reading:
    """Open a seekable `file`; `columns` are the names by which a header in another encoding is recognised."""
    return read_xlsx(file) if is_workbook(file) else read_csv(file, columns)
