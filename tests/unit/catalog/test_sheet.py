"""Reading a sheet: what is understood, and how every mistake is named."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from backend.catalog.domain.spec import NamedValue
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.importing import cells
from backend.catalog.service.importing.checking import SheetCheck
from backend.catalog.service.importing.columns import COLUMNS as KNOWN
from backend.catalog.service.importing.fault import Fault
from backend.catalog.service.importing.products import ListedProduct, read_product
from backend.catalog.service.importing.running import ignore
from backend.catalog.service.importing.spill import Spill
from tests.factories.catalog_sheet import COLUMNS, row, sheet


def read(file: io.BytesIO) -> tuple[list[ListedProduct], list[Fault]]:
    """The first pass but for the look at the catalogue."""
    with Spill() as spill:
        SheetCheck(ProductRepository()).read(file, spill, ignore)
        products = []
        for groups in spill.chunks(2):
            for product, faults in map(read_product, groups):
                for fault in faults:
                    spill.blame(fault)
                if product is not None:
                    products.append(product)
        return products, spill.faults(1000)


def faults_of(*rows: dict[str, str]) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.reason) for fault in read(sheet(*rows))[1]]


def test_a_right_sheet_is_understood() -> None:
    products, faults = read(sheet(row(), row(SKU规格="规格:1kg", 售价="18", 划线价="", 库存="0")))
    assert faults == []
    (apple,) = products
    assert (apple.code, apple.category, apple.on_sale, apple.row) == ("APPLE", ("生鲜", "水果"), True, 2)
    assert apple.described["parameters"] == (NamedValue("产地", "山东烟台"), NamedValue("储存", "冷藏"))
    assert len(apple.described["gallery"]) == 2
    assert [(sku.row, sku.facts.price_fen, sku.facts.list_price_fen, sku.stock) for sku in apple.skus] == [
        (2, 990, 1280, 10),
        (3, 1800, None, 0),
    ]


def test_rows_of_a_product_need_not_be_adjacent_and_blank_rows_count() -> None:
    pear = row(商品编号="PEAR", 商品名称="梨")
    products, faults = read(sheet(row(), dict.fromkeys(COLUMNS, ""), pear, row(SKU规格="规格:1kg")))
    assert faults == []
    assert [(product.code, [sku.row for sku in product.skus]) for product in products] == [
        ("APPLE", [2, 5]),
        ("PEAR", [4]),
    ]


def test_a_spec_value_may_contain_colons_and_the_list_price_may_be_lower() -> None:
    products, faults = read(sheet(row(SKU规格="尺寸:比例 1:2;颜色:红", 划线价="1")))
    assert faults == []
    assert products[0].skus[0].facts.spec.text == "尺寸:比例 1:2;颜色:红"
    assert products[0].skus[0].facts.list_price_fen == 100


def test_a_parameter_segment_that_begins_no_pair_belongs_to_the_value_before() -> None:
    products, _ = read(sheet(row(商品参数="提示:手洗;不可漂白; ;网址:https://a/b;")))
    assert products[0].described["parameters"] == (
        NamedValue("提示", "手洗;不可漂白"),
        NamedValue("网址", "https://a/b"),
    )


def test_columns_may_stand_in_any_order_and_without_a_bom() -> None:
    products, faults = read(sheet(row(), columns=COLUMNS[::-1], bom=False))
    assert (len(products), faults) == (1, [])


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"商品编号": ""}, "商品编号", "编号须为"),
        ({"商品编号": "苹果"}, "商品编号", "编号须为"),
        ({"商品编号": "A" * 57}, "商品编号", "编号须为"),
        ({"商品名称": ""}, "商品名称", "不能为空"),
        ({"商品名称": "长" * 201}, "商品名称", "有 201 个字，最多 200 个"),
        ({"商品名称": "两\n行"}, "商品名称", "含有换行或控制字符"),
        ({"商品名称": "苹\x00果"}, "商品名称", "含有空字符（NUL）"),
        ({"商品名称": "苹\x07果"}, "商品名称", "含有换行或控制字符"),
        ({"类目": ""}, "类目", "类目为空"),
        ({"类目": "生鲜//水果"}, "类目", "类目为空或有空的层级"),
        ({"类目": "a/b/c/d"}, "类目", "类目有 4 级，最多 3 级"),
        ({"类目": "长" * 51}, "类目", "类目名过长"),
        ({"SKU规格": ""}, "SKU规格", "规格须由“名称:值”组成"),
        ({"SKU规格": "500g"}, "SKU规格", "规格须由“名称:值”组成"),
        ({"SKU规格": "规格：500g"}, "SKU规格", "规格须由“名称:值”组成"),
        ({"SKU规格": "规格:"}, "SKU规格", "规格须由“名称:值”组成"),
        ({"SKU规格": "规格:1;规格:2"}, "SKU规格", "规格名重复"),
        ({"SKU规格": "a:1;b:1;c:1;d:1;e:1;f:1"}, "SKU规格", "规格有 6 项，最多 5 项"),
        ({"SKU规格": "规格:" + "长" * 61}, "SKU规格", "规格名最多 20 个字"),
        ({"售价": ""}, "售价(元)", "不是金额"),
        ({"售价": "9.999"}, "售价(元)", "不是金额"),
        ({"售价": "-1"}, "售价(元)", "不是金额"),
        ({"售价": "1e3"}, "售价(元)", "不是金额"),
        ({"售价": "1_0"}, "售价(元)", "不是金额"),
        ({"售价": "￥9"}, "售价(元)", "不是金额"),
        ({"售价": "９"}, "售价(元)", "不是金额"),
        ({"售价": "100000000.01"}, "售价(元)", "金额过大"),
        ({"售价": "0"}, "售价(元)", "上架商品的售价必须大于 0"),
        ({"划线价": "无"}, "划线价(元)", "不是金额"),
        ({"库存": ""}, "库存", "库存须为"),
        ({"库存": "1.5"}, "库存", "库存须为"),
        ({"库存": "-1"}, "库存", "库存须为"),
        ({"库存": "1000001"}, "库存", "库存须为"),
        ({"是否上架": ""}, "是否上架", "只能填“是”或“否”"),
        ({"是否上架": "Y"}, "是否上架", "只能填“是”或“否”"),
        ({"商品参数": "没有名称"}, "商品参数", "参数须以“名称:值”开头"),
        ({"商品参数": "名:" + "长" * 1001}, "商品参数", "最多 60 项参数，每项的值最多 1000 个字"),
        ({"主图": "img/apple.jpg"}, "主图", "不是 http(s) 地址"),
        ({"主图": "javascript:alert(1)"}, "主图", "不是 http(s) 地址"),
        ({"主图": "https://a.cn/" + "a" * 500}, "主图", "不是 http(s) 地址"),
        ({"主图": "media:short.jpg"}, "主图", "不是媒体库的引用"),
        ({"主图": f"media:{'0' * 32}.mp4"}, "主图", "不是媒体库的引用"),
        ({"图集": "https://a.cn/1 ftp://a.cn/2"}, "图集", "不是 http(s) 地址"),
        ({"图集": " ".join(f"https://a.cn/{n}" for n in range(21))}, "图集", "图集有 21 张，最多 20 张"),
        ({"品牌": "长" * 61}, "品牌", "有 61 个字，最多 60 个"),
        ({"单位": "长" * 21}, "单位", "有 21 个字，最多 20 个"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(cells: dict[str, str], column: str, reason: str) -> None:
    pear = row(商品编号="PEAR", 商品名称="梨")
    (found,) = faults_of(pear, row(**cells))
    assert found[:2] == (3, column)
    assert found[2].startswith(reason)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("类目", r'["生鲜", "\u0000"]', "含有空字符（NUL）"),
        ("类目", r'["生鲜", "水\ud800果"]', "含有换行或控制字符"),
        ("标签", r'["新\n品"]', "含有换行或控制字符"),
        ("SKU规格", r'[["规格", "\ud800"]]', "含有换行或控制字符"),
        ("SKU规格", r'[["规\u0007格", "500g"]]', "含有换行或控制字符"),
        ("商品参数", r'[["产\n地", "烟台"]]', "含有换行或控制字符"),
        ("商品参数", r'[["产地", "\ud800"]]', "含有换行或控制字符"),
    ],
)
def test_json_hides_nothing_that_a_cell_may_not_contain(column: str, cell: str, reason: str) -> None:
    file = sheet(row() | {column: cell}, columns=dict.fromkeys((*COLUMNS, column)))
    assert header_faults(file.getvalue()) == [(2, column, reason)]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("视频", f"media:{'0' * 32}.jpg", "不是媒体库的引用"),
        ("视频", "a.mp4", "不是 http(s) 地址"),
        ("SKU图片", f"media:{'0' * 32}.mp4", "不是媒体库的引用"),
        ("排序权重", "1000001", "须为 -1000000–1000000 的整数"),
        ("排序权重", "1.5", "须为 -1000000–1000000 的整数"),
        ("重量(克)", "-1", "须为 0–10000000 的整数"),
        ("每单限购", "1000", "须为 1–999 的整数"),
        ("运费类别", "冷链", "运费类别须为"),
        ("定时上架", "明天", "不是时间"),
        ("定时上架", "2026-13-01 08:00", "不是时间"),
        ("定时上架", "2026-02-30 08:00", "不是时间"),
        ("定时上架", "1999-12-31 08:00", "不是时间"),
        ("定时下架", "0000-00-00 00:00", "不是时间"),
        ("定时下架", "２０２６-12-01 08:00", "不是时间"),
        ("定时下架", "2026-12-01 08:00+99:00", "不是时间"),
    ],
)
def test_a_wrong_cell_of_an_optional_column_too(column: str, cell: str, reason: str) -> None:
    file = sheet(row() | {column: cell}, columns=(*COLUMNS, column))
    ((number, name, said),) = header_faults(file.getvalue())
    assert (number, name) == (2, column)
    assert said.startswith(reason)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-12-01 08:00",
        "2026/12/1 8:00",
        "2026-12-01 08:00:00",
        "2026-12-01T08:00:00.000900+08:00",
        "2026-12-01T00:00:00Z",
    ],
)
def test_a_moment_is_read_by_the_clock_of_the_shop(cell: str) -> None:
    assert cells.moment(cell) == datetime(2026, 12, 1, tzinfo=UTC)


def test_an_empty_weight_is_none_and_a_negative_one_weighs() -> None:
    for cell, weight in (("", 0), ("-7", -7), ("'-7", -7)):
        (apple,), faults = read(sheet(row() | {"排序权重": cell}, columns=(*COLUMNS, "排序权重")))
        assert (apple.described["sort_weight"], faults) == (weight, [])


BARE = {"SKU规格": "", "售价": "", "划线价": "", "库存": ""}


def test_a_product_may_have_no_sku_yet() -> None:
    (apple,), faults = read(sheet(row(**BARE, 是否上架="否")))
    assert (apple.skus, apple.on_sale, faults) == ([], False, [])


def test_what_has_no_sku_cannot_be_sold_and_stands_alone() -> None:
    assert faults_of(row(**BARE)) == [(2, "是否上架", "没有规格的商品不能上架")]
    twice = faults_of(row(是否上架="否"), row(**BARE, 是否上架="否"))
    assert twice == [(3, "SKU规格", "没有填写规格，而该商品还有其他行")]


@pytest.mark.parametrize(
    ("columns", "lonely", "before"),
    [
        (["详情(续2)"], "详情(续2)", "详情"),
        (["详情", "详情(续3)"], "详情(续3)", "详情(续2)"),
        (["商品参数(续4)", "商品参数(续2)"], "商品参数(续4)", "商品参数(续3)"),
    ],
)
def test_a_further_part_needs_the_one_before(columns: list[str], lonely: str, before: str) -> None:
    file = sheet(row(), columns=(*COLUMNS, *columns))
    assert header_faults(file.getvalue()) == [(1, lonely, f"缺少它的前一部分，即“{before}”列")]


def test_all_mistakes_of_all_rows_are_reported_in_order() -> None:
    found = faults_of(row(售价="x", 库存="y"), row(SKU规格="规格:1kg", 是否上架="?", 主图="z"))
    assert [fault[:2] for fault in found] == [(2, "售价(元)"), (2, "库存"), (3, "主图"), (3, "是否上架")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("商品名称", "青苹果"), ("类目", "生鲜"), ("是否上架", "否"), ("商品参数", ""), ("图集", ""), ("单位", "箱")],
)
def test_rows_of_one_product_must_agree(column: str, value: str) -> None:
    (found,) = faults_of(row(), row(SKU规格="规格:1kg", **{column: value}))
    assert found == (3, column, "与第 2 行不一致，而两行是同一商品 APPLE")


def test_the_same_sku_twice_is_named_with_the_first_row() -> None:
    found = faults_of(row(SKU规格="规格:500g;口味:甜"), row(SKU规格=" 口味:甜 ; 规格:500g "))
    assert found == [(3, "SKU规格", "与第 2 行的商品编号和规格相同")]


def test_spec_names_of_one_product_must_be_the_same() -> None:
    assert faults_of(row(), row(SKU规格="颜色:红")) == [(3, "SKU规格", "规格名与第 2 行不同，而两行是同一商品")]


def test_a_fault_reads_like_advice() -> None:
    ((fault),) = read(sheet(row(售价="9.999")))[1]
    assert str(fault) == "第 2 行「售价(元)」 “9.999”：不是金额（元，最多两位小数）。例如 899 或 899.00"


def header_faults(content: bytes) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.reason) for fault in read(io.BytesIO(content))[1]]


def test_an_empty_file_and_a_header_alone() -> None:
    assert header_faults(b"") == [(1, "", "没有表头，文件可能是空的")]
    assert header_faults(b"\xef\xbb\xbf") == [(1, "", "没有表头，文件可能是空的")]
    assert header_faults(sheet().getvalue()) == [(2, "", "没有数据行")]


def test_another_encoding_is_recognised_by_its_header() -> None:
    content = sheet(row(), bom=False).getvalue().decode().encode("utf-16")
    assert header_faults(content) == [(1, "", "文件不是 UTF-8 编码（可能是 UTF-16，或内容混有多种编码）")]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_what_excel_in_chinese_writes_is_read(encoding: str) -> None:
    content = sheet(row(商品名称="镕基牌苹果"), bom=False).getvalue().decode().encode(encoding)
    products, faults = read(io.BytesIO(content))
    assert (faults, products[0].described["title"]) == ([], "镕基牌苹果")


def test_a_gbk_sheet_whose_header_is_another_is_not_guessed_at() -> None:
    content = "名称,价格\r\n苹果,1\r\n".encode("gbk")
    assert [fault[2][:10] for fault in header_faults(content)] == ["文件不是 UTF-8"]


def test_a_garbled_cell_is_named() -> None:
    content = sheet(row()).getvalue().replace("脆甜多汁".encode(), "脆甜多汁".encode("gbk"))
    assert header_faults(content) == [(2, "卖点", "不是 UTF-8 编码")]


def test_missing_doubled_and_unknown_columns() -> None:
    columns = ["颜色" if name == "品牌" else "卖点" if name == "单位" else name for name in COLUMNS]
    found = header_faults(sheet(row(), columns=columns).getvalue())
    assert sorted(found) == [
        (1, "", "不认识的列"),
        (1, "单位", "缺少这一列"),
        (1, "卖点", "这一列出现了 2 次"),
        (1, "品牌", "缺少这一列"),
    ]


def test_a_row_with_a_cell_too_many() -> None:
    content = sheet(row()).getvalue().replace("脆甜多汁".encode(), "脆甜,多汁".encode())
    assert header_faults(content) == [(2, "", "有 15 个单元格，应为 14 个")]


def test_trailing_empty_cells_do_no_harm() -> None:
    content = sheet(row()).getvalue().rstrip(b"\r\n") + b",,,\r\n"
    assert header_faults(content) == []


def test_an_open_quote_is_found() -> None:
    content = sheet(row()).getvalue().replace("脆甜多汁".encode(), '"脆甜多汁'.encode())
    ((number, column, reason),) = header_faults(content)
    assert (number, column) == (2, "")
    assert reason.startswith("从这一行起无法读取")


def test_the_columns_are_those_of_the_export() -> None:
    assert tuple(column.name for column in KNOWN if not column.optional) == COLUMNS
