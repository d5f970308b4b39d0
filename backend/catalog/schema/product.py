"""Shapes of the staff's product routes."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from backend.catalog.domain.facts import MAX_GALLERY, MAX_PARAMETERS, ProductFacts, SkuFacts, SkuLine
from backend.catalog.domain.rich_text import MAX_DETAIL
from backend.catalog.domain.sku import MAX_ORDER_LIMIT
from backend.catalog.domain.spec import MAX_SKUS, MAX_SPEC_NAMES, NamedValue, Spec
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tag import MAX_TAGS
from backend.catalog.schema.search import LONGEST_QUESTION
from backend.catalog.schema.shop import NamedValueSchema, SkuSchema
from backend.catalog.schema.shown import Stored, shown_at
from backend.catalog.service.searching.looking_up import Lookup
from kit.domain.words import Words
from kit.repository.page import PageRequest
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.edit import beside, version_field
from kit.schema.fields import CODE_SIGNS, CodeLine, Count, Fen, Id, Line, Text, Timestamp, pattern
from kit.schema.page import PageArguments
from kit.schema.picture import Picture, Video

# Leaves room for "-12345", which makes the SKU's code of it.
CODE_LENGTH = 56
SPEC_NAME = pattern(r"^[^:;]+$", "不能有英文冒号和分号", "Neither colons nor semicolons are allowed.")
SPEC_VALUE = pattern(r"^[^;]+$", "不能有英文分号", "Semicolons are not allowed.")
_FREIGHT_CLASS = pattern(
    r"^[A-Za-z0-9_\-.]*$",
    "只能用英文字母、数字和 - _ .，或留空",
    "Only the letters A to Z, digits and - _ ., or nothing.",
)
_STAYS = "Left out of an edit: stays as it is"
_VIDEO = "https://img.example.com/p/apple.mp4"
_DETAIL = '<p>当季现摘</p><img src="https://img.example.com/p/apple-1.jpg">'

_CODE_ALONE = Words(
    "编号只指一个商品，请去掉 q、tag_id 和 below_category_id",
    "A code names one product: send it without q, tag_id and below_category_id.",
)


class StaffProductArguments(PageArguments):
    """Filters of the staff's product list."""

    q = Line(
        LONGEST_QUESTION,
        load_default=None,
        metadata={"description": "Words of it, or a product code, SKU code or bar code", "example": "红富士"},
    )
    status = fields.Enum(ProductStatus, by_value=True, load_default=None)
    category_id = Id(load_default=None, metadata={"description": "This very category"})
    below_category_id = Id(load_default=None, metadata={"description": "This category and everything below it"})
    brand_id = Id(load_default=None, metadata={"description": "Of this brand"})
    tag_id = fields.List(
        Id(), load_default=list, validate=validate.Length(0, MAX_TAGS), metadata={"description": "All of these tags"}
    )
    code = CodeLine(
        64,
        load_default=None,
        metadata={"description": "Exactly this product code. Not with q, tag_id, below_category_id", "example": None},
    )

    @validates_schema
    def check_code(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("code") is not None and (data.get("q") or data.get("tag_id") or data.get("below_category_id")):
            raise ValidationError(_CODE_ALONE, "code")

    @post_load
    def make_page(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        rest = {**data, "tag_ids": frozenset(data["tag_id"]), "text": data["q"], "below_id": data["below_category_id"]}
        page = PageRequest(rest.pop("limit"), rest.pop("cursor"))
        for name in ("tag_id", "q", "below_category_id"):
            rest.pop(name)
        return {"page": page, "lookup": Lookup(**rest)}


class SpecPairSchema(InputSchema):
    """One pair of a spec. ``;`` and ``:`` are how specs are written in spreadsheets."""

    name = Line(20, pattern=SPEC_NAME, required=True, metadata={"example": "规格"})
    value = Line(60, pattern=SPEC_VALUE, required=True, metadata={"example": "500g"})

    @post_load
    def make_pair(self, data: dict[str, Any], **_: Any) -> NamedValue:
        return NamedValue(**data)


class ParameterSchema(InputSchema):
    """One parameter."""

    name = Line(30, required=True, metadata={"example": "产地"})
    value = Text(1000, required=True, metadata={"example": "山东烟台"})

    @post_load
    def make_pair(self, data: dict[str, Any], **_: Any) -> NamedValue:
        return NamedValue(**data)


class NewSkuSchema(InputSchema):
    """One SKU of a new product."""

    spec = fields.List(fields.Nested(SpecPairSchema), required=True, validate=validate.Length(1, MAX_SPEC_NAMES))
    price_fen = Fen(required=True, metadata={"example": 1290})
    list_price_fen = Fen(load_default=None, allow_none=True, metadata={"example": 1590})
    image_url = Picture(load_default=None, allow_none=True)
    bar_code = CodeLine(
        32, allow_none=True, metadata={"description": f"Unique among live SKUs; null: none. {_STAYS}", "example": None}
    )
    weight_g = Count(
        0, 10_000_000, allow_none=True, metadata={"description": f"Gram; null: unknown. {_STAYS}", "example": 520}
    )
    cost_fen = Fen(allow_none=True, metadata={"description": f"Of one unit; null: unknown. {_STAYS}", "example": 800})
    order_limit = Count(
        1,
        MAX_ORDER_LIMIT,
        allow_none=True,
        metadata={"description": f"每单限购: units one order may hold; null: no limit. {_STAYS}", "example": 5},
    )

    @post_load
    def make_line(self, data: dict[str, Any], **_: Any) -> SkuLine:
        sku_id = data.pop("id", None)
        return SkuLine(sku_id=sku_id, facts=SkuFacts(**data | {"spec": Spec(tuple(data["spec"]))}))


class EditedSkuSchema(NewSkuSchema):
    """One SKU of an edited product."""

    id = Id(load_default=None, allow_none=True, metadata={"description": "Missing or null: a new SKU"})


class ProductFactsSchema(InputSchema):
    """What staff say about a product."""

    category_id = Id(required=True)
    title = Line(200, required=True, metadata={"example": "烟台红富士苹果"})
    brand = Line(
        60,
        min_length=0,
        load_default="",
        metadata={"description": "A name that is no brand yet becomes one", "example": "果然鲜"},
    )
    brand_id = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "Wins over the name in `brand`; null: that name", "example": None},
    )
    selling_point = Line(200, min_length=0, load_default="")
    unit = Line(20, min_length=0, load_default="", metadata={"example": "斤"})
    image_url = Picture(empty=True, load_default="")
    gallery = fields.List(
        Picture(),
        load_default=list,
        validate=validate.Length(0, MAX_GALLERY),
        metadata={"example": ["https://img.example.com/p/apple.jpg"]},
    )
    parameters = fields.List(
        fields.Nested(ParameterSchema), load_default=list, validate=validate.Length(0, MAX_PARAMETERS)
    )
    detail = Text(
        MAX_DETAIL,
        metadata={"description": f"图文详情: HTML, reduced to what a product page needs. {_STAYS}", "example": _DETAIL},
    )
    video = Video(empty=True, metadata={"description": f"An address, or the `reference` of an upload. {_STAYS}"})
    origin = Line(60, min_length=0, metadata={"description": f"产地. {_STAYS}", "example": "山东烟台"})
    freight_class = Line(
        30,
        min_length=0,
        pattern=_FREIGHT_CLASS,
        metadata={"description": f"运费模板: the rule freight is computed by. {_STAYS}", "example": "fresh"},
    )
    sort_weight = Count(
        -1_000_000, 1_000_000, metadata={"description": f"Larger stands further in front. {_STAYS}", "example": 10}
    )
    tag_ids = fields.List(
        Id(),
        validate=validate.Length(0, MAX_TAGS),
        metadata={"description": f"Ids of all it wears. {_STAYS}", "example": []},
    )

    @post_load
    def make_facts(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        aside = beside(data, "code")
        lines: list[SkuLine] = data.pop("skus")
        tuples: dict[str, Any] = {"gallery": tuple(data["gallery"]), "parameters": tuple(data["parameters"])}
        if "tag_ids" in data:
            tuples["tag_ids"] = frozenset(data["tag_ids"])
        return aside | {"lines": lines, "facts": ProductFacts(**data | tuples)}


class NewProductSchema(ProductFactsSchema):
    """A new product; it starts as a draft."""

    code = Line(CODE_LENGTH, pattern=CODE_SIGNS, required=True, metadata={"example": "FRUIT-001"})
    skus = fields.List(fields.Nested(NewSkuSchema), required=True, validate=validate.Length(0, MAX_SKUS))


class EditedProductSchema(ProductFactsSchema):
    """The whole product as it is to be; SKUs that are left out are archived."""

    version = version_field()
    skus = fields.List(fields.Nested(EditedSkuSchema), required=True, validate=validate.Length(0, MAX_SKUS))


class StaffProductSchema(OutputSchema):
    """A product in the staff's list."""

    id = Id()
    code = fields.String(metadata={"example": "FRUIT-001"})
    category_id = Id()
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    brand = fields.String(metadata={"example": "果然鲜"})
    brand_id = Id(allow_none=True)
    unit = fields.String(metadata={"example": "斤"})
    image_url = Stored()
    image_src = shown_at("image_url")
    status = fields.Enum(ProductStatus, by_value=True)
    min_price_fen = Fen(allow_none=True, metadata={"example": 1290})
    in_stock = fields.Boolean(metadata={"description": "Any live SKU is in stock"})
    sales = fields.Integer(metadata={"description": "Units sold", "example": 128})
    sort_weight = fields.Integer(metadata={"example": 10})
    on_sale_at = Timestamp(allow_none=True)
    off_sale_at = Timestamp(allow_none=True)
    schedule_error = fields.String(
        metadata={"description": "Why the last scheduled switch was not made; empty: nothing failed", "example": ""}
    )
    version = fields.Integer(metadata={"example": 3})
    created_at = Timestamp()
    updated_at = Timestamp()


class StaffSkuSchema(SkuSchema):
    """A SKU as staff see it."""

    image_url = Stored(allow_none=True)
    image_src = shown_at("image_url", allow_none=True)
    bar_code = fields.String(allow_none=True, metadata={"example": "A-1"})
    weight_g = fields.Integer(allow_none=True, metadata={"description": "Gram", "example": 520})
    cost_fen = Fen(allow_none=True, metadata={"description": "Of one unit", "example": 800})
    order_limit = fields.Integer(allow_none=True, metadata={"description": "Units one order may hold", "example": 5})


class WornTagSchema(OutputSchema):
    """A tag that a product wears."""

    id = Id()
    name = fields.String(metadata={"example": "当季"})


class StaffProductDetailSchema(StaffProductSchema):
    """A product with everything."""

    selling_point = fields.String(metadata={"example": "当季现摘，脆甜多汁"})
    gallery = fields.List(Stored())
    gallery_src = shown_at("gallery", many=True)
    parameters = fields.List(fields.Nested(NamedValueSchema))
    detail = fields.String(metadata={"description": "Clean HTML", "example": _DETAIL})
    video = fields.String(metadata={"description": "As it was sent: an address or a reference", "example": _VIDEO})
    video_src = shown_at("video")
    origin = fields.String(metadata={"example": "山东烟台"})
    freight_class = fields.String(metadata={"example": "fresh"})
    tag_ids = fields.List(Id(), metadata={"example": ["41503612345679872"]})
    tags = fields.List(fields.Nested(WornTagSchema))
    skus = fields.List(fields.Nested(StaffSkuSchema))
