"""The columns of an order export. Money in yuan: spreadsheets are an edge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from backend.order.facade import OrderRecord, OrderRecordLine, OrderStatus

Value = str | int | Decimal | datetime | None


class TableColumn(NamedTuple):
    """A heading, and what stands below it for one order."""

    heading: str
    value: Callable[[OrderRecord], Value]


STATUS_NAMES = {
    OrderStatus.PENDING_PAYMENT: "待付款",
    OrderStatus.CLOSING: "关闭中",
    OrderStatus.CLOSED: "已关闭",
    OrderStatus.PAID: "待发货",
    OrderStatus.SHIPPED: "已发货",
    OrderStatus.COMPLETED: "已完成",
}


def yuan(fen: int) -> Decimal:
    """``5980`` → ``59.80``, exactly."""
    return Decimal(fen).scaleb(-2)


def _line(line: OrderRecordLine) -> str:
    spec = f" {line.spec_text}" if line.spec_text else ""
    return f"{line.title}{spec} ×{line.quantity}"


_COMMON = (
    TableColumn("订单号", lambda order: order.no),
    TableColumn("状态", lambda order: STATUS_NAMES[order.status]),
    TableColumn("下单时间", lambda order: order.placed_at),
    TableColumn("商品", lambda order: "; ".join(map(_line, order.lines))),
    TableColumn("件数", lambda order: sum(line.quantity for line in order.lines)),
    TableColumn("商品金额(元)", lambda order: yuan(order.goods_fen)),
    TableColumn("运费(元)", lambda order: yuan(order.freight_fen)),
    TableColumn("应付(元)", lambda order: yuan(order.payable_fen)),
    TableColumn("付款时间", lambda order: order.paid_at),
    TableColumn("发货时间", lambda order: order.shipped_at),
    TableColumn("快递公司", lambda order: order.express_company),
    TableColumn("快递单号", lambda order: order.tracking_no),
    TableColumn("完成时间", lambda order: order.completed_at),
    TableColumn("关闭时间", lambda order: order.closed_at),
    TableColumn("收货人", lambda order: order.receiver),
    TableColumn("电话", lambda order: order.phone),
    TableColumn("地址", lambda order: f"{order.province}{order.city}{order.district}{order.detail}"),
    TableColumn("备注", lambda order: order.remark),
)
_STAFF_ONLY = (
    TableColumn("买家编号", lambda order: str(order.buyer_id)),
    TableColumn("微信支付单号", lambda order: order.transaction_id),
)
BUYER_COLUMNS = _COMMON
STAFF_COLUMNS = (*_COMMON, *_STAFF_ONLY)
