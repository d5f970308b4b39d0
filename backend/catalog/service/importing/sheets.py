"""What an import says in sheets: the faults, and what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from backend.catalog.service.importing.fault import Fault, printable
from backend.catalog.service.importing.rehearsing import Change
from backend.catalog.service.zone import SHOP_ZONE
from kit.domain.words import Words, said
from kit.export.sheet import FORMATS
from kit.job.outcome import ResultFile
from kit.storage.port import Storage, new_key

_ROW = Words("行", "Row")
FAULTS = (
    _ROW,
    Words("列", "Column"),
    Words("内容", "Content"),
    Words("原因", "Reason"),
    Words("处理办法", "What to do"),
)
CHANGES = (
    _ROW,
    Words("商品编号", "Product code"),
    Words("SKU规格", "SKU spec"),
    Words("字段", "Field"),
    Words("原内容", "Old"),
    Words("新内容", "New"),
)
_MORE = Words("另有 {count} 处错误未列出", "{count} more are not listed")
_MORE_REMEDY = Words("请先改正以上错误，再次导入", "Mend these first, and import again")
_FAULTS_FILE = Words("导入错误", "import-errors")
_CHANGES_FILE = Words("导入预览", "import-preview")


def store_faults(storage: Storage, format: str, faults: Sequence[Fault], count: int, *, language: str) -> ResultFile:
    """The faults as a file in ``zh`` or ``en``; the last line says how many more there are."""
    with _storing(storage, format, FAULTS, _FAULTS_FILE, language) as (file, write):
        for fault in faults:
            write([fault.row, fault.column, printable(fault.value), fault.reason, fault.remedy])
        if count > len(faults):
            write([None, "", "", _MORE.format(count=count - len(faults)), _MORE_REMEDY])
    return file


def storing_changes(
    storage: Storage, format: str, *, language: str
) -> AbstractContextManager[tuple[ResultFile, Callable[[Change], None]]]:
    """The file in ``zh`` or ``en``, complete once the block has ended, and what takes its lines."""
    return _storing(storage, format, CHANGES, _CHANGES_FILE, language)


@contextmanager
def _storing(
    storage: Storage, format: str, header: Sequence[Words], name: Words, language: str
) -> Iterator[tuple[ResultFile, Callable[[Sequence[Any]], None]]]:
    extension = FORMATS[format].extension
    key = new_key(extension)
    with storage.writing(key) as stream, FORMATS[format].open(stream, said(header, language), SHOP_ZONE) as sheet:
        file = ResultFile(key=key, filename=f"{name.said(language)}.{extension}")
        yield file, lambda line: sheet.write(said(line, language))
