"""Shapes of orders."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.media import facade as media
from backend.order.domain.status import OrderAction, OrderStatus
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import DIGITS, Count, Fen, Id, Line, Text, Timestamp, pattern
from kit.schema.page import PageArguments

MAX_LINES = 50
MAX_QUANTITY = 999
_TRACKING_NO = pattern(
    r"^[A-Za-z0-9\-]+$", "只能用英文字母、数字和 -", "Only the letters A to Z, digits and - are allowed."
)


class WantedLineSchema(InputSchema):
    """A quantity of one SKU. The same SKU twice is added up."""

    sku_id = Id(required=True)
    quantity = Count(1, MAX_QUANTITY, required=True, metadata={"example": 2})


class QuoteRequestSchema(InputSchema):
    """What the buyer means to order."""

    items = fields.List(fields.Nested(WantedLineSchema), required=True, validate=validate.Length(1, MAX_LINES))


class PlaceOrderSchema(QuoteRequestSchema):
    """What the buyer confirmed."""

    address_id = Id(required=True)
    confirmed_payable_fen = Fen(
        required=True, metadata={"description": "payable_fen of the quote the buyer saw", "example": 5980}
    )
    remark = Text(200, load_default="")


class CancelSchema(InputSchema):
    """Why."""

    reason = Line(100, load_default="changed my mind")


class ShipSchema(InputSchema):
    """The parcel."""

    express_company = Line(40, required=True, metadata={"example": "顺丰速运"})
    tracking_no = Line(40, required=True, pattern=_TRACKING_NO, metadata={"example": "SF1234567890123"})


class OrderArguments(PageArguments):
    """Filters of the buyer's list."""

    status = fields.Enum(OrderStatus, by_value=True, load_default=None)


class StaffOrderArguments(OrderArguments):
    """Filters of the staff list."""

    buyer_id = Id(load_default=None)
    no = Line(
        32,
        load_default=None,
        pattern=DIGITS,
        metadata={"description": "Exactly this order number", "example": "2611201630004821567890"},
    )


class QuoteLineSchema(OutputSchema):
    """A priced line."""

    sku_id = Id()
    product_id = Id()
    sku_code = fields.String(metadata={"example": "FRUIT-001-1"})
    title = fields.String(metadata={"example": "烟台红富士苹果"})
    spec_text = fields.String(metadata={"example": "规格:500g"})
    image_url = fields.Function(
        lambda line: media.url(line.image_url, variant="w200"),
        metadata={"type": "string", "example": "https://img.example.com/p/apple.jpg"},
    )
    unit = fields.String(metadata={"example": "斤"})
    price_fen = fields.Integer(metadata={"example": 1290})
    quantity = fields.Integer(metadata={"example": 2})
    amount_fen = fields.Integer(metadata={"example": 2580})


class QuoteSchema(OutputSchema):
    """What it would cost now; nothing is promised."""

    lines = fields.List(fields.Nested(QuoteLineSchema))
    goods_fen = fields.Integer(metadata={"example": 2580})
    freight_fen = fields.Integer(metadata={"example": 800})
    payable_fen = fields.Integer(metadata={"example": 3380})


class PlacedOrderSchema(OutputSchema):
    """A new order."""

    id = Id()
    no = fields.String(metadata={"example": "2611201630004821567890"})
    status = fields.Enum(OrderStatus, by_value=True)
    payable_fen = fields.Integer(metadata={"example": 3380})
    due_at = Timestamp(allow_none=True)


class OrderStatusSchema(OutputSchema):
    """Where an order stands after an action."""

    no = fields.String(metadata={"example": "2611201630004821567890"})
    status = fields.Enum(OrderStatus, by_value=True)


class PaymentParametersSchema(OutputSchema):
    """The arguments of wx.requestPayment, as they are."""

    appId = fields.String(metadata={"example": "wx8888888888888888"})  # noqa: N815 - these are wx.requestPayment's own names
    timeStamp = fields.String(metadata={"example": "1795163400"})  # noqa: N815
    nonceStr = fields.String(metadata={"example": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"})  # noqa: N815
    package = fields.String(metadata={"example": "prepay_id=wx2016121516420242444321ca0631331346"})
    signType = fields.String(metadata={"example": "RSA"})  # noqa: N815
    paySign = fields.String(metadata={"example": "oR9d8PuhnIc+YZ8cBHFCwfgpaK9gd7va…"})  # noqa: N815


class RecipientSchema(OutputSchema):
    """Where it goes."""

    receiver = fields.String(metadata={"example": "林小满"})
    phone = fields.String(metadata={"example": "13800138000"})
    province = fields.String(metadata={"example": "浙江省"})
    city = fields.String(metadata={"example": "杭州市"})
    district = fields.String(metadata={"example": "西湖区"})
    detail = fields.String(metadata={"example": "文三路 90 号 2 幢 301"})


class HistorySchema(OutputSchema):
    """One state change."""

    action = fields.Enum(OrderAction, by_value=True)
    from_status = fields.Enum(OrderStatus, by_value=True, allow_none=True)
    to_status = fields.Enum(OrderStatus, by_value=True)
    by = fields.Function(
        lambda entry: entry.operator.partition(":")[0],
        metadata={"type": "string", "enum": ["member", "staff", "system"], "example": "staff"},
    )
    note = fields.String(metadata={"example": "顺丰速运 SF1234567890123"})
    at = Timestamp()


class StaffHistorySchema(HistorySchema):
    """The same for staff, who may know which of them it was."""

    operator = fields.String(metadata={"example": "staff:41503612345679872"})


class OrderSchema(OutputSchema):
    """An order in a list."""

    id = Id(attribute="order.id")
    no = fields.String(attribute="order.no", metadata={"example": "2611201630004821567890"})
    status = fields.Enum(OrderStatus, by_value=True, attribute="order.status")
    goods_fen = fields.Integer(attribute="order.goods_fen", metadata={"example": 2580})
    freight_fen = fields.Integer(attribute="order.freight_fen", metadata={"example": 800})
    payable_fen = fields.Integer(attribute="order.payable_fen", metadata={"example": 3380})
    item_count = fields.Integer(attribute="order.item_count", metadata={"example": 2})
    placed_at = Timestamp(attribute="order.placed_at")
    due_at = Timestamp(attribute="order.due_at", allow_none=True)
    paid_at = Timestamp(attribute="order.paid_at", allow_none=True)
    shipped_at = Timestamp(attribute="order.shipped_at", allow_none=True)
    completed_at = Timestamp(attribute="order.completed_at", allow_none=True)
    closed_at = Timestamp(attribute="order.closed_at", allow_none=True)
    lines = fields.List(fields.Nested(QuoteLineSchema))
    allowed_actions = fields.List(
        fields.Enum(OrderAction, by_value=True), metadata={"description": "What the asker may do next"}
    )


class OrderDetailSchema(OrderSchema):
    """One order with everything."""

    recipient = fields.Nested(RecipientSchema, attribute="order")
    remark = fields.String(attribute="order.remark", metadata={"example": "请放门口"})
    close_reason = fields.String(
        attribute="order.close_reason", allow_none=True, metadata={"example": "changed my mind"}
    )
    express_company = fields.String(
        attribute="order.express_company", allow_none=True, metadata={"example": "顺丰速运"}
    )
    tracking_no = fields.String(attribute="order.tracking_no", allow_none=True, metadata={"example": "SF1234567890123"})
    history = fields.List(fields.Nested(HistorySchema))


class StaffOrderSchema(OrderSchema):
    """An order in the staff list."""

    buyer_id = Id(attribute="order.buyer_id")


class StaffOrderDetailSchema(OrderDetailSchema):
    """One order with everything, for staff."""

    buyer_id = Id(attribute="order.buyer_id")
    transaction_id = fields.String(
        attribute="order.transaction_id", allow_none=True, metadata={"example": "4200002618202611201234567890"}
    )
    history = fields.List(fields.Nested(StaffHistorySchema))
