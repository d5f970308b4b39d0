"""Catalogue sheets as bytes."""

from __future__ import annotations

import csv
import io
from typing import Any

ROW = {
    "商品编号": "APPLE",
    "商品名称": "烟台红富士",
    "类目": "生鲜/水果",
    "品牌": "",
    "卖点": "脆甜多汁",
    "单位": "斤",
    "SKU规格": "规格:500g",
    "售价(元)": "9.90",
    "划线价(元)": "12.80",
    "库存": "10",
    "是否上架": "是",
    "商品参数": "产地:山东烟台;储存:冷藏",
    "主图": "https://img.example.com/apple.jpg",
    "图集": "https://img.example.com/a1.jpg https://img.example.com/a2.jpg",
}
COLUMNS = tuple(ROW)


def row(**over: str) -> dict[str, str]:
    """A right row, with columns replaced: 售价 stands for 售价(元), 划线价 for 划线价(元)."""
    renamed = {"售价": "售价(元)", "划线价": "划线价(元)"}
    return ROW | {renamed.get(name, name): value for name, value in over.items()}


def sheet(*rows: dict[str, str], columns: Any = COLUMNS, bom: bool = True) -> io.BytesIO:
    """A file with these rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([[cells.get(name, "") for name in columns] for cells in rows])
    return io.BytesIO((b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode())
