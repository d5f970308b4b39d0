"""The index follows the catalogue, whatever order events come in; and can be rebuilt while the shop is open."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text

from backend.catalog import facade as catalog
from backend.catalog.domain.brand import Brand, BrandFacts
from backend.catalog.domain.posting import PackedDocument, Posting
from backend.catalog.domain.search.document import OFF_SHELF
from backend.catalog.domain.tag import ProductTag, TagFacts
from backend.catalog.events import ProductsChanged
from backend.catalog.service.categories import CategoryFacts
from backend.catalog.service.searching import indexing
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.outbox import OutboxMessage
from kit.service.transaction import in_transaction
from tests.factories.catalog import make_category, make_product
from tests.factories.catalog_changes import rewrite, take_off_sale
from tests.factories.catalog_search import found, make_indexed
from tests.factories.statements import counted_statements
from tests.support.outbox import settle, waiting_tasks

pytestmark = pytest.mark.usefixtures("app")


def postings() -> list[tuple[str, int, int]]:
    db.session.rollback()
    rows = db.session.execute(text("SELECT product_id, impact, term FROM cat_search_posting ORDER BY 1, 3"))
    return [tuple(row) for row in rows]


def forget_index() -> None:
    in_transaction(lambda: [db.session.execute(delete(table)) for table in (Posting, PackedDocument)])


def test_a_change_is_found_once_its_event_is_delivered() -> None:
    made = make_product(title="羊毛被")
    assert found("羊毛被") == []
    settle()
    assert found("羊毛被") == ["羊毛被"]
    rewrite(made, title="蚕丝被")
    settle()
    assert (found("羊毛"), found("蚕丝")) == ([], ["蚕丝被"])


def test_a_draft_is_not_found_and_what_leaves_the_shelf_is_gone() -> None:
    make_product(title="羊毛被", on_sale=False)
    made = make_product(title="羊毛毯")
    settle()
    assert found("羊毛") == ["羊毛毯"]
    take_off_sale(made)
    assert found("羊毛") == []  # before the event: its card is gone
    settle()
    assert [term for _, _, term in postings() if not term.startswith(OFF_SHELF)] == []


@pytest.mark.parametrize(("sold", "found_first"), [(1, "羊毛被 乙"), (0, "羊毛被 甲")])
def test_what_sells_is_found_before_its_like_without_an_edit(sold: int, found_first: str) -> None:
    better, _ = make_indexed("羊毛被 乙"), make_indexed("羊毛被 甲")
    assert found("羊毛被")[0] == "羊毛被 甲"
    catalog.count_sales(units={better.product_id: sold})
    settle()
    assert found("羊毛被")[0] == found_first
    assert services().indexing.drift().differing == []


def test_search_hears_of_sales_only_when_they_have_doubled() -> None:
    made = make_indexed("羊毛被")
    told = select(func.count()).where(OutboxMessage.name == ProductsChanged.name)
    heard = [db.session.scalar(told) or 0]
    for _ in range(8):
        catalog.count_sales(units={made.product_id: 1})
        heard.append(db.session.scalar(told) or 0)
    assert [after - before for before, after in pairwise(heard)] == [1, 0, 1, 0, 0, 0, 1, 0]


def test_an_old_event_that_comes_late_reads_the_present() -> None:
    made = make_indexed("羊毛被")
    rewrite(made, title="蚕丝被")
    services().indexing.products([made.product_id])
    before = postings()
    assert services().indexing.products([made.product_id]) == 0
    assert postings() == before
    assert services().indexing.products([42]) == 0


def test_selling_out_and_coming_back_change_the_order() -> None:
    first, second = make_indexed("羊毛被", stock=1), make_indexed("羊毛被 新款", stock=5)
    assert found("羊毛被") == ["羊毛被 新款", "羊毛被"]
    work = {"quantities": {second.sku_id: 5}, "reference": "order:1", "operator": "system:test", "now": utc_now()}
    in_transaction(lambda: inventory.reserve(**work))
    settle()
    assert found("羊毛被") == ["羊毛被", "羊毛被 新款"]
    assert first.product_id < second.product_id


def test_a_renamed_category_is_found_by_its_new_name_and_below() -> None:
    root = make_category("生鲜")
    child = make_category("水果", parent_id=root)
    make_indexed("红富士", category_id=child)
    assert (found("水果"), found("生鲜")) == (["红富士"], ["红富士"])
    services().categories.change(root, CategoryFacts(name="鲜食"))
    settle()
    assert (found("生鲜"), found("鲜食"), found("水果")) == ([], ["红富士"], ["红富士"])


def test_a_renamed_brand_and_tag_are_found_by_their_new_names() -> None:
    made = make_product(title="红富士", brand="Nike")
    tag_id = services().tags.add(TagFacts(name="苹果"))
    wear = {"product_id": made.product_id, "tag_id": tag_id}
    in_transaction(lambda: db.session.execute(insert(ProductTag), [wear]))
    services().indexing.products([made.product_id])
    assert (found("nike"), found("苹果"), found("puma")) == (["红富士"], ["红富士"], [])
    brand_id = db.session.scalar(select(Brand.id).where(Brand.name == "Nike")) or 0
    services().brands.change(brand_id, BrandFacts(name="Puma"), version=1)
    services().tags.change(tag_id, TagFacts(name="时令"), version=1)
    settle()
    assert (found("nike"), found("苹果"), found("puma"), found("时令")) == ([], [], ["红富士"], ["红富士"])


def test_another_place_in_the_order_of_display_reindexes_nothing() -> None:
    root = make_category("生鲜")
    settle()
    services().categories.change(root, CategoryFacts(name="生鲜", sort_order=7))
    with counted_statements() as statements:
        settle()
    assert not any("cat_search_posting" in statement for statement in statements)


def test_a_large_category_goes_on_in_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 2)
    root = make_category("生鲜")
    made = [make_product(title=f"红富士{number}", category_id=root) for number in range(3)]
    services().indexing.category(root)
    assert len(found("红富士")) == 2
    ((task, arguments),) = waiting_tasks()
    assert (task, arguments) == ("catalog.reindex_category", {"category_id": root, "after": made[1].product_id})
    services().indexing.category(**arguments)
    assert len(found("红富士")) == 3


def test_everything_is_rebuilt_and_what_should_not_be_there_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 2)
    for number in range(5):
        make_product(title=f"羊毛被 {number}", brand="MUJI", selling_point="温暖")
    done = services().indexing.everything()
    assert (done.seen, done.changed, done.stale) == (5, 5, 0)
    whole = postings()
    forget_index()
    in_transaction(lambda: db.session.execute(text("INSERT INTO cat_search_posting VALUES ('羊毛', 9, 42)")))
    done = services().indexing.everything()
    assert (done.seen, done.changed, done.stale) == (5, 5, 1)
    assert postings() == whole
    done = services().indexing.everything()
    assert (done.seen, done.changed, done.stale) == (5, 0, 0)


def test_a_run_goes_on_where_the_one_before_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 2)
    made = [make_product(title=f"羊毛被 {number}") for number in range(5)]

    class Killed(Exception):
        pass

    def die(done: indexing.Reindexed) -> None:
        if done.seen == 4:
            raise Killed

    with pytest.raises(Killed):
        services().indexing.everything(report=die)
    assert len(found("羊毛被")) == 4
    done = services().indexing.everything(after=made[3].product_id)
    assert (done.seen, done.last_id) == (1, made[4].product_id)
    assert len(found("羊毛被")) == 5


def test_statements_of_a_chunk_do_not_grow_with_it() -> None:
    counts = []
    for number in (1, 5, 20):
        made = [make_product(title="羊毛被", skus=2).product_id for _ in range(number)]
        db.session.rollback()
        with counted_statements() as statements:
            services().indexing.products(made)
        counts.append(len(statements))
    assert counts == [10, 10, 10]


def test_the_command_rebuilds_checks_and_says_what_to_do(app: Flask) -> None:
    made = make_product(title="羊毛被")
    runner = app.test_cli_runner()
    missing = runner.invoke(args=["catalog", "reindex", "--check"])
    assert missing.exit_code == 1
    assert f"1 entries differ from the catalogue, such as {made.product_id}" in missing.stderr
    assert "run: flask catalog reindex" in missing.stderr
    assert postings() == []
    built = runner.invoke(args=["catalog", "reindex"])
    assert "1 products, 1 entries changed, 0 stale ones removed" in built.output
    fine = runner.invoke(args=["catalog", "reindex", "--check"])
    assert (fine.exit_code, fine.output.strip()) == (0, "1 products, all found as they are")
    in_transaction(lambda: db.session.execute(text("INSERT INTO cat_search_posting VALUES ('羊毛', 9, 42)")))
    stale = runner.invoke(args=["catalog", "reindex", "--check"])
    assert (stale.exit_code, "1 entries are of no product, such as 42" in stale.stderr) == (1, True)
