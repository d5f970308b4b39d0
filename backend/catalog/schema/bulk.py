"""Shapes of changes of many products at once."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from backend.catalog.domain.pricing import PriceRule, PriceRuleKind, Rounding
from backend.catalog.domain.status import ProductStatus
from backend.catalog.schema.version import version_field
from backend.catalog.service.bulk import Pick
from kit.domain.money import MAX_FEN
from kit.domain.words import Words
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Count, Fen, Id, Line

MAX_PICKS = 200
_BOUNDS = {
    PriceRuleKind.SET: (0, MAX_FEN),
    PriceRuleKind.AMOUNT: (-MAX_FEN, MAX_FEN),
    PriceRuleKind.PERCENT: (-10_000, 100_000),
}
_OUT_OF_BOUNDS = Words("{kind} 须在 {low} 到 {high} 之间", "For {kind}: {low} to {high}.")
_REPEATED = Words("有重复，每个商品只能出现一次", "Some are there twice; send each product only once.")


class PickSchema(InputSchema):
    """A product, and the version you have seen (left out: you did not look)."""

    id = Id(required=True)
    version = version_field()

    @post_load
    def make_pick(self, data: dict[str, Any], **_: Any) -> Pick:
        return Pick(product_id=data["id"], version=data.get("version"))


def _once(picks: list[Pick]) -> None:
    if len({pick.product_id for pick in picks}) != len(picks):
        raise ValidationError(_REPEATED)


class PicksSchema(InputSchema):
    """1 to 200 products."""

    products = fields.List(
        fields.Nested(PickSchema), required=True, validate=validate.And(validate.Length(1, MAX_PICKS), _once)
    )

    @post_load
    def rename(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"picks": data.pop("products")} | data


class MovePicksSchema(PicksSchema):
    """Products and the category they go to."""

    category_id = Id(required=True)


class PriceRuleSchema(InputSchema):
    """What happens to every price."""

    kind = fields.Enum(
        PriceRuleKind,
        by_value=True,
        required=True,
        metadata={
            "description": "set: every SKU to `value` fen; amount: by `value` fen; percent: by `value` / 100 percent. "
            "For the price of one SKU edit its product",
            "example": "percent",
        },
    )
    value = Count(
        -MAX_FEN, MAX_FEN, required=True, metadata={"description": "percent -1000: 10 % cheaper", "example": -1000}
    )
    rounding = fields.Enum(
        Rounding,
        by_value=True,
        load_default=Rounding.FEN,
        metadata={"description": "percent only: to whole 分, 角 or 元; halves go up", "example": "fen"},
    )

    @validates_schema(skip_on_field_errors=True)
    def check_bounds(self, data: dict[str, Any], **_: Any) -> None:
        low, high = _BOUNDS[data["kind"]]
        if not low <= data["value"] <= high:
            raise ValidationError(_OUT_OF_BOUNDS.format(kind=data["kind"], low=low, high=high), "value")

    @post_load
    def make_rule(self, data: dict[str, Any], **_: Any) -> PriceRule:
        return PriceRule(**data)


class PriceBulkSchema(PicksSchema):
    """Products and what happens to the price of all their live SKUs."""

    rule = fields.Nested(PriceRuleSchema, required=True)
    reason = Line(
        200, min_length=0, load_default="", metadata={"description": "Kept with every price", "example": "双十一"}
    )


class RepricedSchema(OutputSchema):
    """One SKU's price."""

    sku_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    spec_text = fields.String(metadata={"example": "规格:500g"})
    old_price_fen = Fen(metadata={"example": 1590})
    new_price_fen = Fen(metadata={"example": 1290})


class ChangedProductSchema(OutputSchema):
    """A product after the change."""

    product_id = Id()
    version = fields.Integer(metadata={"example": 4})
    status = fields.Enum(ProductStatus, by_value=True)


class ChangedProductsSchema(OutputSchema):
    """All of them, in the order asked for."""

    items = fields.List(fields.Nested(ChangedProductSchema))


class RepricedProductSchema(ChangedProductSchema):
    """A product after the change; in a preview with the version it has."""

    prices = fields.List(fields.Nested(RepricedSchema))


class RepricedProductsSchema(OutputSchema):
    """All of them, in the order asked for."""

    items = fields.List(fields.Nested(RepricedProductSchema))
