"""A sheet is booked as a whole or not at all, and a second time changes nothing."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.status import ProductStatus
from backend.catalog.service.importing.fault import SheetRefused
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from backend.inventory.domain.ledger import LedgerEntry
from backend.inventory.wiring import services as inventory_services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.repository.page import PageRequest
from kit.service.transaction import in_transaction
from tests.factories.catalog_sheet import COLUMNS, row, sheet
from tests.factories.statements import counted_statements

pytestmark = pytest.mark.usefixtures("app")

DEMO = Path(__file__).parents[3] / "scripts/demo/catalog.csv"


def book(*rows: dict[str, str], dry_run: bool = False) -> ImportOutcome:
    return run(sheet(*rows), dry_run=dry_run)


def run(file: Any, *, dry_run: bool = False) -> ImportOutcome:
    importing, said = services().importing, {"operator": "system:test", "now": utc_now()}
    return importing.rehearse(file, **said) if dry_run else importing.run(file, **said).outcome


def product(code: str = "APPLE") -> Product:
    found = db.session.scalars(
        select(Product).where(Product.code == code).execution_options(populate_existing=True)
    ).one()
    db.session.rollback()
    return found


def stock_of(code: str) -> int:
    sku_id = db.session.scalars(select(Sku.id).where(Sku.code == code)).one()
    return inventory.available(sku_ids=[sku_id])[sku_id]


def lines_of(apple: Product) -> list[Any]:
    return [SkuLine(sku_id=sku.id, facts=sku.facts()) for sku in apple.live_skus()]


def facts_of(apple: Product) -> Any:
    return ProductFacts(category_id=apple.category_id, title=apple.title)


def stock_page(code: str) -> Any:
    return inventory_services().query.levels(PageRequest(), sku_code=code)


def test_a_sheet_becomes_products_categories_and_stock() -> None:
    outcome = book(
        row(), row(SKU规格="规格:1kg", 售价="18.80", 库存="0"), row(商品编号="PEAR", 商品名称="梨", 是否上架="否")
    )
    assert outcome == ImportOutcome(categories_created=2, products_created=2, skus_created=3)
    apple, pear = product(), product("PEAR")
    assert (apple.status, pear.status) == (ProductStatus.ON_SALE, ProductStatus.DRAFT)
    assert (apple.min_price_fen, apple.version) == (990, 1)
    assert [(sku.code, sku.spec_text, sku.price_fen, sku.in_stock) for sku in apple.live_skus()] == [
        ("APPLE-1", "规格:500g", 990, True),
        ("APPLE-2", "规格:1kg", 1880, False),
    ]
    assert (stock_of("APPLE-1"), stock_of("APPLE-2"), stock_of("PEAR-1")) == (10, 0, 10)
    assert services().query.categories()[0]["name"] == "生鲜"


def test_first_stock_is_worth_what_the_sheet_says_it_has_cost() -> None:
    rows = (row() | {"成本价(元)": "4.50"}, row(SKU规格="规格:1kg") | {"成本价(元)": ""})
    book_timed(*rows, columns=("成本价(元)",))
    costs = inventory_services().statistics.costs(PageRequest()).items
    assert {one.sku_code: one.value_fen for one in costs} == {"APPLE-1": 4500, "APPLE-2": 0}


def test_the_second_run_changes_nothing_at_all(everything: Callable[[], Any]) -> None:
    rows = [row(), row(SKU规格="规格:1kg"), row(商品编号="PEAR", 是否上架="否")]
    book(*rows)
    before = everything()
    assert book(*rows) == ImportOutcome(products_unchanged=2, skus_unchanged=3)
    assert everything() == before


def test_one_wrong_cell_keeps_everything_out(everything: Callable[[], Any]) -> None:
    book(row())
    before = everything()
    with pytest.raises(SheetRefused) as refused:
        book(row(售价="1"), row(商品编号="PEAR"), row(商品编号="PLUM", 库存="many"))
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(4, "库存")]
    assert everything() == before


def test_a_dry_run_counts_and_changes_nothing(everything: Callable[[], Any]) -> None:
    before = everything()
    outcome = book(row(), row(SKU规格="规格:1kg"), dry_run=True)
    assert (outcome.categories_created, outcome.products_created, outcome.skus_created) == (2, 1, 2)
    assert everything() == before


def test_changed_rows_are_updated_and_known_stock_is_left_alone() -> None:
    book(row(), row(商品编号="PEAR", 商品名称="梨"))
    outcome = book(row(售价="8.80", 库存="500"), row(商品编号="PEAR", 商品名称="梨"))
    assert outcome == ImportOutcome(products_updated=1, products_unchanged=1, skus_updated=1, skus_unchanged=1)
    assert (product().min_price_fen, product().version, product("PEAR").version) == (880, 2, 1)
    assert stock_of("APPLE-1") == 10


def test_a_new_title_reaches_inventory() -> None:
    book(row())
    book(row(商品名称="洛川苹果"))
    page = stock_page("APPLE-1")
    assert page.items[0].title == "洛川苹果 规格:500g"


def test_a_new_sku_of_a_known_product_gets_its_stock_once() -> None:
    book(row())
    rows = [row(), row(SKU规格="规格:1kg", 库存="7")]
    assert book(*rows).skus_created == 1
    assert stock_of("APPLE-2") == 7
    assert product().live_skus()[1].in_stock
    book(*rows)
    assert stock_of("APPLE-2") == 7
    assert len(db.session.scalars(select(LedgerEntry.id)).all()) == 2


def test_the_order_of_the_rows_does_not_change_the_codes() -> None:
    rows = [row(), row(SKU规格="规格:1kg")]
    book(*rows)
    assert book(*rows[::-1]) == ImportOutcome(products_unchanged=1, skus_unchanged=2)


def test_what_the_sheet_does_not_list_stays() -> None:
    book(row(), row(SKU规格="规格:1kg"), row(商品编号="PEAR"))
    book(row(SKU规格="规格:1kg", 售价="20"))
    assert [sku.price_fen for sku in product().live_skus()] == [990, 2000]
    assert product("PEAR").status is ProductStatus.ON_SALE


def test_the_shelf_follows_the_sheet() -> None:
    book(row())
    assert book(row(是否上架="否", 售价="0")).products_updated == 1
    assert (product().status, product().min_price_fen) == (ProductStatus.OFF_SALE, 0)
    book(row())
    assert product().status is ProductStatus.ON_SALE


def timed(on: str, off: str, **over: str) -> dict[str, str]:
    return row(**over) | {"定时上架": on, "定时下架": off}


def book_timed(*rows: dict[str, str], columns: tuple[str, ...] = ("定时上架", "定时下架")) -> ImportOutcome:
    return run(sheet(*rows, columns=(*COLUMNS, *columns)))


def moments(code: str = "APPLE") -> list[Any]:
    found = product(code)
    return [found.on_sale_at, found.off_sale_at, found.due_at]


ON, OFF = datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 2, 1, tzinfo=UTC)


def test_a_sheet_schedules_and_what_it_does_not_say_stays() -> None:
    draft = timed("2099-01-01 08:00", "2099-02-01 08:00", 是否上架="否")
    assert book_timed(draft).products_created == 1
    assert moments() == [ON, OFF, ON]
    assert book_timed(draft) == ImportOutcome(products_unchanged=1, skus_unchanged=1)
    assert book(row(是否上架="否")) == ImportOutcome(products_unchanged=1, skus_unchanged=1)
    assert book_timed(row(是否上架="否") | {"定时下架": ""}, columns=("定时下架",)).products_updated == 1
    assert moments() == [ON, None, ON]
    assert book_timed(timed("", "", 是否上架="否")).products_updated == 1
    assert moments() == [None, None, None]


def test_who_comes_on_sale_by_the_sheet_does_not_wait_for_the_clock() -> None:
    book_timed(timed("2099-01-01 08:00", "2099-02-01 08:00", 是否上架="否"))
    assert book(row()).products_updated == 1
    assert moments() == [None, OFF, OFF]
    assert book(row(是否上架="否")).products_updated == 1
    assert moments() == [None, None, None]


def test_a_schedule_that_cannot_be_is_a_fault_of_its_cell(everything: Callable[[], Any]) -> None:
    book(row(), row(商品编号="PEAR", 是否上架="否"))
    before = everything()
    with pytest.raises(SheetRefused) as refused:
        book_timed(
            timed("2099-01-01 08:00", ""),
            timed("", "2099-01-01 08:00", 商品编号="PEAR", 是否上架="否"),
            timed("2020-01-01 08:00", "", 商品编号="NEW1", 是否上架="否"),
            timed("2099-02-01 08:00", "2099-01-01 08:00", 商品编号="NEW2", 是否上架="否"),
            timed("2099-02-01 08:00", "2099-01-01 08:00", 商品编号="NEW3"),
        )
    wrong_order = "在售商品只能先下架后上架，其他商品只能先上架后下架"
    assert [(fault.row, fault.column, fault.reason) for fault in refused.value.faults] == [
        (2, "定时上架", wrong_order),
        (3, "定时下架", wrong_order),
        (4, "定时上架", "时间已过"),
        (5, "定时下架", wrong_order),
    ]
    assert everything() == before


def test_a_moment_that_has_come_and_stands_in_the_catalogue_is_no_fault() -> None:
    soon = utc_now() + timedelta(hours=1)
    rows = [timed(soon.isoformat(), "", 是否上架="否")]
    book_timed(*rows)
    file = sheet(*rows, columns=(*COLUMNS, "定时上架", "定时下架"))
    outcome = services().importing.run(file, operator="system:test", now=soon + timedelta(seconds=1)).outcome
    assert outcome == ImportOutcome(products_unchanged=1, skus_unchanged=1)


def test_a_product_without_a_sku_gets_one_and_keeps_it() -> None:
    bare = row(SKU规格="", 售价="", 划线价="", 库存="", 是否上架="否")
    assert book(bare) == ImportOutcome(categories_created=2, products_created=1)
    assert book(bare) == ImportOutcome(products_unchanged=1)
    assert book(row()) == ImportOutcome(products_updated=1, skus_created=1)
    assert book(bare | {"卖点": "新"}, dry_run=True) == ImportOutcome(products_updated=1)
    assert [sku.code for sku in product().live_skus()] == ["APPLE-1"]


def test_the_picture_of_a_sku_is_chosen_and_taken_away_by_the_sheet() -> None:
    picture = "https://img.example.com/500g.jpg"
    book_timed(row() | {"SKU图片": picture}, columns=("SKU图片",))
    assert product().skus[0].image_url == picture
    assert book_timed(row() | {"SKU图片": ""}, columns=("SKU图片",)).skus_updated == 1
    assert product().skus[0].image_url is None


def test_an_archived_sku_comes_back_without_a_second_first_stock() -> None:
    book(row(), row(SKU规格="规格:1kg"))
    apple = product()
    only = [line for line in lines_of(apple) if line.facts.spec.text == "规格:500g"]
    services().editing.edit(
        apple.id, facts_of(apple), only, version=apple.version, operator="system:test", now=utc_now()
    )
    assert book(row(), row(SKU规格="规格:1kg")).skus_updated == 1
    assert [sku.code for sku in product().live_skus()] == ["APPLE-1", "APPLE-2"]
    assert stock_of("APPLE-2") == 10


def test_the_picture_staff_chose_for_a_sku_stays() -> None:
    book(row())
    in_transaction(lambda: setattr(services().editing.products.of_id(product().id).skus[0], "image_url", "https://a/b"))
    book(row(售价="8"))
    assert product().skus[0].image_url == "https://a/b"


def test_what_only_the_catalogue_knows_is_a_fault_of_the_row_too(everything: Callable[[], Any]) -> None:
    book(row(), row(商品编号="PEAR"), row(商品编号="PLUM", 是否上架="否", 售价="0"))
    services().selling.take_off_sale(product("PEAR").id, now=utc_now())
    services().editing.archive(product("PEAR").id, now=utc_now())
    before = everything()
    with pytest.raises(SheetRefused) as refused:
        book(
            row(商品编号="PEAR"),
            row(SKU规格="颜色:红"),
            row(商品编号="PLUM", SKU规格="规格:1kg"),
            row(商品编号="NEW", 售价="x"),
        )
    assert [(fault.row, fault.column, fault.reason) for fault in refused.value.faults] == [
        (2, "商品编号", "该商品已归档，不能再修改"),
        (3, "SKU规格", "规格名与该商品已有的规格“规格:500g”不同"),
        (4, "是否上架", "该商品的其他规格没有售价：PLUM-1"),
        (5, "售价(元)", "不是金额（元，最多两位小数）"),
    ]
    assert everything() == before


def test_the_command_prints_counts_and_faults(app: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(sheet(row()).getvalue())
    bad.write_bytes(sheet(row(售价="free")).getvalue())
    runner = app.test_cli_runner()
    done = runner.invoke(args=["catalog", "import", str(good)])
    assert done.exit_code == 0
    assert "products: 1 created, 0 updated, 0 unchanged" in done.output
    failed = runner.invoke(args=["catalog", "import", str(bad)])
    assert failed.exit_code == 1
    assert "第 2 行「售价(元)」 “free”" in failed.stderr
    assert "表格有 1 处错误，未导入任何内容" in failed.stderr


def test_the_demo_catalogue_imports_and_repeats(everything: Callable[[], Any]) -> None:
    first = run(io.BytesIO(DEMO.read_bytes()))
    assert first.products_created >= 40
    assert first.skus_created >= 50
    before = everything()
    assert run(io.BytesIO(DEMO.read_bytes())).changed_anything is False
    assert everything() == before


def test_the_real_catalogue_imports_in_a_few_statements_and_repeats(everything: Callable[[], Any]) -> None:
    if "REAL_CATALOG" not in os.environ:
        pytest.skip("REAL_CATALOG names no file: the export of the live shop is not part of the project")
    content = Path(os.environ["REAL_CATALOG"]).read_bytes()
    with counted_statements() as statements:
        outcome = run(io.BytesIO(content))
    assert (outcome.products_created, outcome.skus_created) == (239, 244)
    # Two chunks of products, each looked at once, written once and listed once.
    assert len([text for text in statements if "kit_outbox" not in text]) <= 44
    before = everything()
    with counted_statements() as statements:
        assert run(io.BytesIO(content)) == ImportOutcome(products_unchanged=239, skus_unchanged=244)
    assert len(statements) <= 24
    assert everything() == before
