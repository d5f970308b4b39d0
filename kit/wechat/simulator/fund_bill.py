"""The fund-flow bill (资金账单) of the basic account: every movement, when it was booked, with the balance after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from kit.wechat.simulator.fees import fee, returned_fee
from kit.wechat.simulator.refunds import Refund
from kit.wechat.simulator.sheet import moment, sheet, yuan
from kit.wechat.simulator.trade_bill import on
from kit.wechat.simulator.transactions import Transaction
from kit.wechat.simulator.transfers import Transfer

OPENING_BALANCE_FEN = 10_000_000
HEADERS = [
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务名称",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "账户结余(元)",
    "资金变更提交申请人",
    "备注",
    "业务凭证号",
]


@dataclass(frozen=True)
class Movement:
    """`fen` is positive for income; `voucher` our own number of what was booked."""

    at: datetime
    business_no: str
    flow_no: str
    name: str
    kind: str
    fen: int
    applicant: str
    remark: str
    voucher: str

    def row(self, balance: int) -> list[str]:
        direction = "收入" if self.fen > 0 else "支出"
        booked = [moment(self.at), self.business_no, self.flow_no, self.name, self.kind, direction]
        return [*booked, yuan(abs(self.fen)), yuan(balance), self.applicant, self.remark, self.voucher]


def fund_bill(day: date, transactions: list[Transaction], refunds: list[Refund], transfers: list[Transfer]) -> bytes:
    """Empty when nothing moved."""
    movements = [*payments(transactions), *returns(refunds), *payouts(transfers)]
    balance, rows, amounts = OPENING_BALANCE_FEN, [], []
    for movement in sorted(movements, key=lambda item: item.at):
        balance += movement.fen
        if on(day, movement.at):
            rows.append(movement.row(balance))
            amounts.append(movement.fen)
    return sheet(HEADERS, rows, totals(amounts)) if rows else b""


def totals(amounts: list[int]) -> dict[str, str]:
    income, spent = [fen for fen in amounts if fen > 0], [-fen for fen in amounts if fen < 0]
    return {
        "资金流水总笔数": str(len(amounts)),
        "收入笔数": str(len(income)),
        "收入金额": yuan(sum(income)),
        "支出笔数": str(len(spent)),
        "支出金额": yuan(sum(spent)),
    }


def payments(transactions: list[Transaction]) -> Iterator[Movement]:
    for paid in transactions:
        if paid.success_time is None:
            continue
        kept = fee(paid.total)
        number, voucher = paid.transaction_id, paid.answer()["out_trade_no"]
        remark = f"结算总金额{yuan(paid.total)}元;手续费{yuan(kept)}元"
        by = (number, number, "交易")
        yield Movement(paid.success_time, *by, "交易", paid.total, "system", remark, voucher)
        if kept:
            yield Movement(paid.success_time, *by, "扣除交易手续费", -kept, "system", remark, voucher)


def returns(refunds: list[Refund]) -> Iterator[Movement]:
    for refund in refunds:
        if refund.success_time is None:
            continue
        paid, back = refund.transaction, returned_fee(refund, refunds)
        remark = f"退款总金额{yuan(refund.refund)}元;含手续费{yuan(back)}元"
        by = (refund.refund_id, paid.transaction_id, "退款", "退款")
        applicant = f"{paid.mchid}API"
        yield Movement(refund.success_time, *by, back - refund.refund, applicant, remark, refund.out_refund_no)


def payouts(transfers: list[Transfer]) -> Iterator[Movement]:
    for transfer in transfers:
        if transfer.state == "SUCCESS":
            by = (transfer.transfer_bill_no, transfer.transfer_bill_no, "商家转账", "转账")
            remark = str(transfer.body["transfer_remark"])
            booked = (-transfer.amount, f"{transfer.mchid}API", remark, transfer.out_bill_no)
            yield Movement(transfer.update_time, *by, *booked)
