"""The first pass: every row is read and compared, with its product and with the catalogue, before anything changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO

from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.importing.columns import BAR_CODE, CATEGORY, CODE
from backend.catalog.service.importing.conflicts import conflicts, listed_bar_codes, unknown_files
from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.products import ListedProduct, Parsed, parse_row, read_product
from backend.catalog.service.importing.sheet import Sheet
from backend.catalog.service.importing.spill import Spill
from kit.domain.words import Words
from kit.service.transaction import end_reading

Tell = Callable[[float], None]
"""Gets how much of a pass is done, 0 to 1."""
PRODUCTS_AT_ONCE = 200
_ROWS_BETWEEN = 500
# The tree of categories is kept in memory whole, here and in every storefront.
_MOST_CATEGORIES = 2000
_READING = 0.6


class SheetCheck:
    """Memory holds one row, or 200 products, whatever the length of the file."""

    def __init__(self, products: ProductRepository) -> None:
        self.products = products

    def read(self, file: BinaryIO, spill: Spill, tell: Tell) -> int:
        """Bring the sheet's rows into `spill`, and what is wrong with their cells; returns how many products."""
        sheet, rows, categories = Sheet(file, spill.blame), 0, 0
        for rows, row in enumerate(sheet.rows(), start=1):
            parsed = parse_row(row)
            for fault in parsed.faults:
                spill.blame(fault)
            if CODE.name in parsed.values:
                spill.keep(parsed.values[CODE.name], row)
            _check_bar_code(parsed, spill)
            categories = _check_category(parsed, spill, categories)
            if rows % _ROWS_BETWEEN == 0:
                tell(sheet.done * _READING)
        if rows == 0 and spill.fault_count == 0:
            spill.blame(
                Fault(
                    2,
                    "",
                    "",
                    Words("没有数据行", "There are no rows"),
                    Words("请在表头下面填写商品", "Fill in products below the header"),
                )
            )
        return spill.arrange()

    def compare(self, spill: Spill, total: int, tell: Tell) -> None:
        """Find what is wrong between the rows of a product, and between products and the catalogue."""
        for groups in spill.chunks(PRODUCTS_AT_ONCE):
            listed = []
            for group in groups:
                product, faults = read_product(group)
                for fault in faults:
                    spill.blame(fault)
                if product is not None:
                    listed.append(product)
            for fault in self._conflicts(listed):
                spill.blame(fault)
            tell(_READING + (1 - _READING) * groups[-1].position / total)

    def _conflicts(self, listed: Sequence[ListedProduct]) -> list[Fault]:
        known = self.products.of_codes([product.code for product in listed])
        holders = self.products.holders_of(listed_bar_codes(listed))
        found = [*conflicts(listed, known, holders), *unknown_files(listed)]
        end_reading()
        return found


def _check_bar_code(parsed: Parsed, spill: Spill) -> None:
    code = parsed.values.get(BAR_CODE.name)
    if code is None:
        return
    earlier = spill.first_row(BAR_CODE.name, code, parsed.row.number)
    if earlier is not None:
        reason = Words(f"与第 {earlier} 行的条形码相同", f"Same bar code as in row {earlier}")
        spill.blame(
            Fault(
                parsed.row.number,
                BAR_CODE.name,
                code,
                reason,
                Words("每个 SKU 的条形码必须不同", "Every SKU has a bar code of its own"),
            )
        )


def _check_category(parsed: Parsed, spill: Spill, categories: int) -> int:
    path = parsed.values.get(CATEGORY.name)
    if path is None or spill.first_row(CATEGORY.name, "\n".join(path), parsed.row.number) is not None:
        return categories
    if categories == _MOST_CATEGORIES:
        reason = Words(
            f"表格中有超过 {_MOST_CATEGORIES} 个不同的类目", f"More than {_MOST_CATEGORIES} different categories"
        )
        spill.blame(
            Fault(parsed.row.number, CATEGORY.name, "/".join(path), reason, Words("请合并类目", "Combine categories"))
        )
    return categories + 1
