"""A catalogue in which every field that staff can edit is set, and catalogues as values that can be compared."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload, undefer

from backend.catalog.domain.category import Category
from backend.catalog.domain.facts import ProductFacts, SkuFacts, SkuLine
from backend.catalog.domain.product import Product
from backend.catalog.domain.spec import NamedValue, Spec
from backend.catalog.domain.status import ProductStatus
from backend.catalog.wiring import services
from backend.inventory import facade as inventory
from backend.media import facade as media
from backend.media.domain.file import MediaFile
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.entity import Entity
from kit.service.transaction import in_transaction
from tests.factories.catalog import OPERATOR, make_category, make_tag
from tests.factories.media import upload
from tests.factories.media_files import video
from tests.support.fresh import fresh_session

# As long as they may be, of characters that Excel counts double and JSON writes as two.
DETAIL = f"<p>{'😀好' * 24_996}</p>"
PARAMETERS = tuple(NamedValue(f'"{number}"' + "\\" * 26, ';a:"' + '"\\' * 498) for number in range(10, 70))


def make_whole_catalogue() -> None:
    """A product with everything, a draft without a SKU, and one that goes off sale by itself."""
    now = utc_now()
    pictures = [f"media:{upload().key}" for _ in range(4)]
    film = f"media:{upload(video(), filename='a.mp4').key}"
    branch = make_category("生鲜 = 蔬果")
    leaf = make_category("水果/瓜", parent_id=branch)
    facts = {
        "category_id": leaf,
        "title": "=苹果 😀",
        "brand": "果然鲜",
        "selling_point": "'脆甜",
        "unit": "斤",
        "image_url": pictures[0],
        "gallery": (pictures[1], 'https://img.example.com/a<b>"c".jpg', media.url(pictures[2])),
        "parameters": PARAMETERS,
        "detail": DETAIL,
        "video": film,
        "origin": "山东烟台",
        "freight_class": "fresh.cold-2",
        "sort_weight": -7,
        "tag_ids": frozenset({make_tag("新品"), make_tag("a;b")}),
    }
    lines = [
        _line("500g", price_fen=990, list_price_fen=1290, image_url=pictures[3], bar_code="6901234567892"),
        _line("a:b", price_fen=1, weight_g=0, cost_fen=0, order_limit=1, image_url="https://img.example.com/b.jpg"),
        _line("1kg", price_fen=1880, weight_g=1000, cost_fen=1234, order_limit=999),
    ]
    create = services().editing.create
    whole = create("WHOLE", ProductFacts(**facts), lines, operator=OPERATOR, now=now)
    services().selling.schedule(
        whole, on_sale_at=now + timedelta(days=1, milliseconds=7), off_sale_at=now + timedelta(days=2), now=now
    )
    create("BARE", ProductFacts(category_id=branch, title="还没有规格"), [], operator=OPERATOR, now=now)
    leaving = create(
        "LEAVING",
        ProductFacts(category_id=branch, title="快下架"),
        [_line("大", price_fen=5)],
        operator=OPERATOR,
        now=now,
    )
    services().selling.put_on_sale(leaving, now=now)
    services().selling.schedule(leaving, on_sale_at=None, off_sale_at=now + timedelta(hours=5), now=now)


def _line(value: str, **facts: Any) -> SkuLine:
    return SkuLine(facts=SkuFacts(spec=Spec((NamedValue("规格", value), NamedValue("等级", "一"))), **facts))


def whole_catalogue() -> dict[str, Any]:
    """Every product by its code: all its facts, with names in place of ids, and its SKUs in order."""
    fresh_session()
    tree = services().categories.categories.tree()
    query = select(Product).options(undefer(Product.detail), selectinload(Product.tags)).order_by(Product.id)
    found = {}
    for product in db.session.scalars(query):
        worn = services().tags.tags.names(tag.tag_id for tag in product.tags)
        facts = asdict(product.facts()) | {
            "category_id": tree.path(product.category_id),
            "brand_id": product.brand_id is not None,
            "tag_ids": sorted(worn.values()),
        }
        shelf = (product.status is ProductStatus.ON_SALE, product.on_sale_at, product.off_sale_at, product.due_at)
        skus = [(sku.code, asdict(sku.facts())) for sku in product.live_skus()]
        stock = inventory.available(sku_ids=[sku.id for sku in product.live_skus()])
        found[product.code] = (facts, shelf, skus, list(stock.values()))
    fresh_session()
    return found


def empty_the_shop() -> None:
    """No product, category, brand, tag or stock is left; uploaded files are there, and nobody uses them."""

    def empty() -> None:
        # MariaDB minds the order in which parents and children go.
        db.session.execute(update(Category).values(parent_id=None))
        for table in reversed(Entity.metadata.sorted_tables):
            if table.name.startswith(("cat_", "inv_")) and table.name != "inv_location":
                db.session.execute(table.delete())
        db.session.execute(Entity.metadata.tables["med_use"].delete())
        db.session.execute(update(MediaFile).values(uses=0))

    in_transaction(empty)
    fresh_session()
