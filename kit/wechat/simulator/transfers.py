"""A merchant's transfer to a user (商家转账, the rules since 2025-01-15). Amounts in fen."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.errors import ControlError

CONFIRM_WITHIN = timedelta(hours=24)
# From each state the ones that may follow; those without any are final and told by callback.
NEXT: dict[str, tuple[str, ...]] = {
    "ACCEPTED": ("PROCESSING", "WAIT_USER_CONFIRM", "FAIL", "CANCELING"),
    "PROCESSING": ("WAIT_USER_CONFIRM", "FAIL", "CANCELING"),
    "WAIT_USER_CONFIRM": ("TRANSFERING", "SUCCESS", "FAIL", "CANCELING"),
    "TRANSFERING": ("SUCCESS", "FAIL"),
    "CANCELING": ("CANCELLED",),
    "SUCCESS": (),
    "FAIL": (),
    "CANCELLED": (),
}
FINAL = tuple(state for state, following in NEXT.items() if not following)
OVERDUE = "OVERDUE_CLOSE"


@dataclass
class Transfer:
    """`body` is the request that made it; `fail_reason` is WeChat's word, e.g. OVERDUE_CLOSE or NAME_NOT_CORRECT."""

    body: dict[str, Any]
    mchid: str
    transfer_bill_no: str
    package_info: str
    create_time: datetime
    update_time: datetime
    state: str
    fail_reason: str = ""

    @classmethod
    def accepted(cls, body: dict[str, Any], mchid: str, first: str, now: datetime) -> "Transfer":
        number = f"13300000711{mchid[-10:]}{now:%Y%m%d}{secrets.randbelow(10**11):011d}"
        return cls(body, mchid, number, secrets.token_urlsafe(48), now, now, first)

    @property
    def out_bill_no(self) -> str:
        return str(self.body["out_bill_no"])

    @property
    def amount(self) -> int:
        return int(self.body["transfer_amount"])

    @property
    def finished(self) -> bool:
        return self.state in FINAL

    @property
    def can_cancel(self) -> bool:
        return "CANCELING" in NEXT[self.state]

    def overdue(self, now: datetime) -> bool:
        return self.state == "WAIT_USER_CONFIRM" and now >= self.create_time + CONFIRM_WITHIN

    def move(self, state: str, now: datetime, fail_reason: str = "") -> None:
        if state not in NEXT[self.state]:
            raise ControlError(f"transfer {self.out_bill_no} is {self.state}, not on its way to {state}", 409)
        self.state = state
        self.update_time = now
        self.fail_reason = fail_reason if state == "FAIL" else ""

    def receipt(self) -> dict[str, Any]:
        """The answer to the request itself: the only one with the package_info, and only while it is of use."""
        waiting = {"package_info": self.package_info} if self.state == "WAIT_USER_CONFIRM" else {}
        return self._common() | {"create_time": rfc3339(self.create_time)} | waiting

    def cancellation(self) -> dict[str, Any]:
        return self._common() | {"update_time": rfc3339(self.update_time)}

    def answer(self) -> dict[str, Any]:
        """As in a query."""
        given = {name: self.body[name] for name in ("appid", "transfer_remark")}
        return self.resource() | given

    def resource(self) -> dict[str, Any]:
        """The callback's."""
        return self._common() | {
            "mch_id": self.mchid,
            "transfer_amount": self.amount,
            "openid": self.body["openid"],
            "create_time": rfc3339(self.create_time),
            "update_time": rfc3339(self.update_time),
        }

    def _common(self) -> dict[str, Any]:
        common = {"out_bill_no": self.out_bill_no, "transfer_bill_no": self.transfer_bill_no, "state": self.state}
        return common | ({"fail_reason": self.fail_reason} if self.fail_reason else {})
