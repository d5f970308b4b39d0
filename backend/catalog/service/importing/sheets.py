"""What an import says in sheets: the faults, and what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from backend.catalog.service.importing.fault import Fault, printable
from backend.catalog.service.importing.rehearsing import Change
from backend.catalog.service.zone import SHOP_ZONE
from kit.export.sheet import FORMATS
from kit.job.outcome import ResultFile
from kit.storage.port import Storage, new_key

FAULTS = ("行", "列", "内容", "原因", "处理办法")
CHANGES = ("行", "商品编号", "SKU规格", "字段", "原内容", "新内容")


def store_faults(storage: Storage, format: str, faults: Sequence[Fault], count: int) -> ResultFile:
    """The faults as a file; the last line says how many more there are."""
    key = new_key(FORMATS[format].extension)
    with storage.writing(key) as stream, FORMATS[format].open(stream, FAULTS, SHOP_ZONE) as sheet:
        for fault in faults:
            sheet.write([fault.row, fault.column, printable(fault.value), fault.reason, fault.remedy])
        if count > len(faults):
            sheet.write([None, "", "", f"另有 {count - len(faults)} 处错误未列出", "请先改正以上错误，再次导入"])
    return ResultFile(key=key, filename=f"导入错误.{FORMATS[format].extension}")


@contextmanager
def storing_changes(storage: Storage, format: str) -> Iterator[tuple[ResultFile, Callable[[Change], None]]]:
    """The file, complete once the block has ended, and what takes its lines."""
    key = new_key(FORMATS[format].extension)
    with storage.writing(key) as stream, FORMATS[format].open(stream, CHANGES, SHOP_ZONE) as sheet:
        yield ResultFile(key=key, filename=f"导入预览.{FORMATS[format].extension}"), sheet.write
