"""Imports a sheet of so many SKUs into a SQLite file of its own and says what it took, as one line of JSON.

Usage: python -m tests.support.import_memory FOLDER/sheet.csv, or .xlsx, with what `write` put there.
Three SKUs to a product, whose rows are not adjacent.
`peak_kib` is what the process grew by while it imported: resident memory, everything in C included.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from xlsxwriter import Workbook

from backend.catalog.wiring import services
from kit.db.extension import db
from kit.db.node import lease
from kit.domain.clock import utc_now
from tests.factories.catalog_sheet import COLUMNS, row, sheet
from tests.support.testapp import make_app, test_settings


def rows(skus: int) -> Iterator[list[str]]:
    """The cells of each row; a product's rows are a third of the sheet apart."""
    products = skus // 3
    for number in range(products * 3):
        product, part = number % products, number // products
        cells = row(
            商品编号=f"P{product}",
            商品名称=f"商品{product}",
            卖点=f"第{product}件好物",
            SKU规格=f"规格:{part}号",
            商品参数=f"材质:{product}%棉;提示:{'请轻柔手洗' * 30}",
        )
        yield [cells[name] for name in COLUMNS]


def write(path: Path, skus: int) -> None:
    """The sheet, as Excel writes it: XLSX with shared texts."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([list(COLUMNS), *rows(skus)])
        return
    workbook = Workbook(path, {"strings_to_urls": False})
    page = workbook.add_worksheet()
    for number, cells in enumerate([list(COLUMNS), *rows(skus)]):
        page.write_row(number, 0, cells)
    workbook.close()


def resident(name: str) -> int:
    """KiB, of VmRSS or VmHWM."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])


def main() -> None:
    """Import once small, so that what is loaded once is loaded, then for the figures."""
    path = Path(sys.argv[1])
    app = make_app(test_settings(database_url=f"sqlite:///{path.parent}/import.db"))
    with app.app_context():
        db.create_all()
        lease.pin(3)
        services().importing.run(sheet(row(商品编号="WARM")), operator="system:test", now=utc_now())
        with path.open("rb") as file:
            # Since Linux 4.0: begin the high-water mark anew.
            Path("/proc/self/clear_refs").write_text("5")
            before, started = resident("VmRSS"), time.perf_counter()
            state = services().importing.run(file, operator="system:test", now=utc_now())
            took = time.perf_counter() - started
            peak = resident("VmHWM") - before
    print(json.dumps({"skus": state.outcome.skus_created, "peak_kib": peak, "seconds": round(took, 1)}))


if __name__ == "__main__":
    main()
