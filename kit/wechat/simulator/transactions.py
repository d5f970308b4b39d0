"""A payment at WeChat: NOTPAY → SUCCESS | CLOSED, SUCCESS → REFUND. Amounts in fen."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.errors import PayError

PREPAY_LIFE = timedelta(hours=2)
DESCRIPTION = {"NOTPAY": "订单未支付", "SUCCESS": "支付成功", "CLOSED": "订单已关闭", "REFUND": "订单发生过退款"}


@dataclass
class Transaction:
    """`parameters` is the body of the first prepay request; None if the money arrived without one."""

    out_trade_no: str
    appid: str
    mchid: str
    openid: str
    total: int
    notify_url: str
    attach: str = ""
    parameters: dict[str, Any] | None = None
    time_expire: datetime | None = None
    state: str = "NOTPAY"
    prepay_ids: dict[str, datetime] = field(default_factory=dict)
    transaction_id: str = ""
    payer_total: int = 0
    success_time: datetime | None = None
    override: dict[str, Any] = field(default_factory=dict)
    abandoned: int = 0

    @classmethod
    def placed(cls, body: dict[str, Any]) -> "Transaction":
        expires = body.get("time_expire")
        return cls(
            out_trade_no=body["out_trade_no"],
            appid=body["appid"],
            mchid=body["mchid"],
            openid=body["payer"]["openid"],
            total=body["amount"]["total"],
            notify_url=body["notify_url"],
            attach=body.get("attach", ""),
            parameters=body,
            time_expire=datetime.fromisoformat(expires) if expires else None,
        )

    @property
    def paid(self) -> bool:
        return self.state in ("SUCCESS", "REFUND")

    def expire(self, now: datetime) -> None:
        """WeChat closes an order lazily: the state changes when somebody looks after the deadline."""
        if self.state == "NOTPAY" and self.time_expire is not None and now >= self.time_expire:
            self.state = "CLOSED"

    def new_prepay_id(self, body: dict[str, Any], now: datetime) -> str:
        if self.paid and self.parameters is not None:
            raise PayError("ORDERPAID", "该订单已支付")
        if self.state == "CLOSED":
            raise PayError("ORDER_CLOSED", "该订单已关闭")
        if self.parameters is None or self.openid != body["payer"]["openid"]:
            raise PayError("OUT_TRADE_NO_USED", "商户订单号重复")
        if self.parameters != body:
            raise PayError("INVALID_REQUEST", "请求重入时参数与首次请求时不一致")
        prepay_id = f"wx{now:%d%H%M%S}{secrets.token_hex(13)}"
        self.prepay_ids[prepay_id] = now + PREPAY_LIFE
        return prepay_id

    def close(self) -> None:
        if self.paid:
            raise PayError("ORDERPAID", "该订单已支付")
        self.state = "CLOSED"

    def pay(self, now: datetime, *, payer_total: int | None, override: dict[str, Any]) -> None:
        """`override` shows the merchant something else than it ordered: total, currency, appid, mchid, …"""
        self.state = "SUCCESS"
        self.total = override.get("total", self.total)
        self.payer_total = self.total if payer_total is None else payer_total
        self.override = override
        self.success_time = now
        self.transaction_id = f"420000{secrets.randbelow(10**4):04d}{now:%Y%m%d}{secrets.randbelow(10**10):010d}"

    def answer(self) -> dict[str, Any]:
        """As in 查询订单 and, once paid, in the callback's resource."""
        shown = self.override
        currency = shown.get("currency", "CNY")
        answer: dict[str, Any] = {
            "appid": shown.get("appid", self.appid),
            "mchid": shown.get("mchid", self.mchid),
            "out_trade_no": shown.get("out_trade_no", self.out_trade_no),
            "trade_state": self.state,
            "trade_state_desc": DESCRIPTION[self.state],
            "attach": self.attach,
            "promotion_detail": [],
            "amount": {"total": self.total, "currency": currency},
        }
        if self.success_time is not None:
            answer |= {
                "transaction_id": self.transaction_id,
                "trade_type": "JSAPI",
                "bank_type": "OTHERS",
                "success_time": rfc3339(self.success_time),
                "payer": {"openid": shown.get("openid", self.openid)},
            }
            answer["amount"] |= {"payer_total": self.payer_total, "payer_currency": currency}
            answer["promotion_detail"] = self._voucher()
        return answer

    def _voucher(self) -> list[dict[str, Any]]:
        amount = self.total - self.payer_total
        if amount <= 0:
            return []
        voucher = {"coupon_id": "109519", "name": "代金券", "scope": "GLOBAL", "type": "CASH", "currency": "CNY"}
        return [{**voucher, "amount": amount, "wechatpay_contribute": amount, "merchant_contribute": 0}]
