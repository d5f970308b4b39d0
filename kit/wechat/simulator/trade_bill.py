"""The trade bill (交易账单): payments by the day they succeeded, refunds by the day they were accepted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from kit.wechat.simulator.clock import BEIJING
from kit.wechat.simulator.fees import RATE, fee, returned_fee
from kit.wechat.simulator.refunds import Refund
from kit.wechat.simulator.sheet import fee_yuan, moment, sheet, yuan
from kit.wechat.simulator.transactions import Transaction

REFUND_STATE = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "ABNORMAL": "FAIL", "CLOSED": "FAIL"}


@dataclass(frozen=True)
class Entry:
    """A payment, or one of its refunds; `fee` in fen, negative where it is given back."""

    at: datetime
    transaction: Transaction
    fee: int
    refund: Refund | None = None

    @cached_property
    def shown(self) -> dict[str, Any]:
        """What a query shows the merchant."""
        return self.transaction.answer()

    @property
    def paid(self) -> int:
        return 0 if self.refund else self.transaction.total

    @property
    def voucher(self) -> int:
        return 0 if self.refund else self.transaction.total - self.transaction.payer_total

    @property
    def refunded(self) -> int:
        return self.refund.refund if self.refund else 0

    @property
    def voucher_refunded(self) -> int:
        return self.refund.refund - self.refund.payer_refund if self.refund else 0


COLUMNS: dict[str, Callable[[Entry], str]] = {
    "交易时间": lambda entry: moment(entry.at),
    "公众账号ID": lambda entry: entry.shown["appid"],
    "商户号": lambda entry: entry.shown["mchid"],
    "特约商户号": lambda _: "0",
    "设备号": lambda _: "",
    "微信订单号": lambda entry: entry.transaction.transaction_id,
    "商户订单号": lambda entry: entry.shown["out_trade_no"],
    "用户标识": lambda entry: entry.shown["payer"]["openid"],
    "交易类型": lambda _: "JSAPI",
    "交易状态": lambda entry: "REFUND" if entry.refund else "SUCCESS",
    "付款银行": lambda _: "OTHERS",
    "货币种类": lambda entry: entry.shown["amount"]["currency"],
    "应结订单金额": lambda entry: yuan(entry.paid),
    "代金券金额": lambda entry: yuan(entry.voucher),
    "退款申请时间": lambda entry: moment(entry.refund.create_time if entry.refund else None),
    "退款成功时间": lambda entry: moment(entry.refund.success_time if entry.refund else None),
    "微信退款单号": lambda entry: entry.refund.refund_id if entry.refund else "0",
    "商户退款单号": lambda entry: entry.refund.out_refund_no if entry.refund else "0",
    "退款金额": lambda entry: yuan(entry.refunded),
    "充值券退款金额": lambda entry: yuan(entry.voucher_refunded),
    "退款类型": lambda entry: "ORIGINAL" if entry.refund else "",
    "退款状态": lambda entry: REFUND_STATE[entry.refund.status] if entry.refund else "",
    "商品名称": lambda entry: (entry.transaction.parameters or {}).get("description", ""),
    "商户数据包": lambda entry: entry.transaction.attach,
    "手续费": lambda entry: fee_yuan(entry.fee),
    "费率": lambda _: RATE,
    "订单金额": lambda entry: yuan(entry.paid),
    "申请退款金额": lambda entry: yuan(entry.refunded),
    "费率备注": lambda _: "",
}
TIMES = {"退款申请时间", "退款成功时间"}
REFUND_ONLY = {name for name in COLUMNS if "退款" in name}
HEADERS = {
    "ALL": [name for name in COLUMNS if name not in TIMES],
    "SUCCESS": [name for name in COLUMNS if name not in REFUND_ONLY],
    "REFUND": list(COLUMNS),
}


def trade_bill(kind: str, day: date, transactions: list[Transaction], refunds: list[Refund]) -> bytes:
    """`kind` is one of HEADERS; empty when there is nothing to tell."""
    entries: list[Entry] = []
    if kind != "REFUND":
        paid = [(item.success_time, item) for item in transactions]
        entries += [Entry(at, item, fee(item.total)) for at, item in paid if at is not None]
    if kind != "SUCCESS":
        entries += [Entry(item.create_time, item.transaction, -returned_fee(item, refunds), item) for item in refunds]
    entries = sorted((entry for entry in entries if on(day, entry.at)), key=lambda entry: entry.at)
    if not entries:
        return b""
    rows = [[COLUMNS[name](entry) for name in HEADERS[kind]] for entry in entries]
    return sheet(HEADERS[kind], rows, totals(entries))


def totals(entries: list[Entry]) -> dict[str, str]:
    paid, refunded = sum(entry.paid for entry in entries), sum(entry.refunded for entry in entries)
    return {
        "总交易单数": str(len(entries)),
        "应结订单总金额": yuan(paid),
        "退款总金额": yuan(refunded),
        "充值券退款总金额": yuan(sum(entry.voucher_refunded for entry in entries)),
        "手续费总金额": fee_yuan(sum(entry.fee for entry in entries)),
        "订单总金额": yuan(paid),
        "申请退款总金额": yuan(refunded),
    }


def on(day: date, at: datetime) -> bool:
    return at.astimezone(BEIJING).date() == day
