"""The control API's transfers and bills as methods."""

from typing import Any

from kit.wechat.simulator.client_calls import Answer, ControlCalls


class TransferControl(ControlCalls):
    def request_transfer(self, parameters: dict[str, Any], **how: str) -> Answer:
        """wx.requestMerchantTransfer: mchId, appId, package. `how` as in `decide_transfer`."""
        return self._post("/request-transfer", {**parameters, **how})

    def decide_transfer(self, out_bill_no: str, **how: str) -> Answer:
        """`how`: decision "confirm" (the default), "ignore" or "refuse"; openid of whoever taps."""
        return self._post(f"/transfers/{out_bill_no}/decide", how)

    def advance_transfer(self, out_bill_no: str, state: str, **why: str) -> Answer:
        """To any state that may follow; `why`: fail_reason, e.g. OVERDUE_CLOSE after 24 hours."""
        return self._post(f"/transfers/{out_bill_no}/advance", {"state": state, **why})

    def transfer_rule(self, **rule: Any) -> Answer:
        """first, delay (None waits for `advance_transfer`), state, fail_reason: see TransferRule."""
        return self._post("/transfer-rule", rule)

    def transfers(self) -> list[Answer]:
        return self._list("/transfers")

    def bills_ready(self, as_of: str = "") -> str:
        """Judge bills as of this RFC 3339 moment; without one as of ten tomorrow, so that today's can be fetched."""
        return str(self._post("/bills", {"as_of": as_of} if as_of else {})["as_of"])

    def bills_by_the_clock(self) -> None:
        self._call("DELETE", "/bills")
