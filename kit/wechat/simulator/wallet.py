"""The user's side of a transfer: wx.requestMerchantTransfer and what the user then taps."""

from typing import Any

from kit.wechat.simulator.books import Books
from kit.wechat.simulator.keys import Identity
from kit.wechat.simulator.transfer_desk import TransferDesk
from kit.wechat.simulator.transfers import Transfer

PARAMETERS = {"mchId", "appId", "package"}
DECISIONS = ("confirm", "ignore", "refuse")
REFUSED = "PAYEE_ACCOUNT_ABNORMAL"


class Wallet:
    """Answers `{"result", "errMsg"}`; result is ok, cancel (ignored or refused), finished, wrong_user, bad_parameters
    or unknown."""

    def __init__(self, *, identity: Identity, books: Books, desk: TransferDesk) -> None:
        self._identity = identity
        self._books = books
        self._desk = desk

    def request_transfer(self, parameters: dict[str, Any], decision: str, openid: str = "") -> dict[str, Any]:
        """The parameters as the mini-program hands them over, checked as the client checks them."""
        if {name for name, value in parameters.items() if isinstance(value, str) and value} != PARAMETERS:
            return said("bad_parameters", f"fail needs these, as strings: {', '.join(sorted(PARAMETERS))}")
        ours = (self._identity.mchid, self._identity.appid)
        if (parameters["mchId"], parameters["appId"]) != ours:
            return said("bad_parameters", "fail mchId or appId is not the merchant's")
        with self._books.lock:
            named = (item for item in self._desk.all() if item.package_info == parameters["package"])
            return self._decide(next(named, None), decision, openid)

    def decide(self, out_bill_no: str, decision: str, openid: str = "") -> dict[str, Any]:
        with self._books.lock:
            return self._decide(self._desk.find(out_bill_no), decision, openid)

    def _decide(self, transfer: Transfer | None, decision: str, openid: str) -> dict[str, Any]:
        if transfer is None:
            return said("unknown", "fail")
        if openid and openid != transfer.body["openid"]:
            return said("wrong_user", "fail")
        if transfer.state != "WAIT_USER_CONFIRM":
            return said("finished", f"fail {transfer.state}")
        if decision == "confirm":
            rule = self._desk.rule
            self._desk.advance(transfer, "TRANSFERING")
            self._desk.later(transfer, rule.state, rule.fail_reason)
            return said("ok", "ok")
        if decision == "refuse":
            self._desk.advance(transfer, "FAIL", REFUSED)
        return said("cancel", "fail cancel")


def said(result: str, message: str) -> dict[str, Any]:
    return {"result": result, "errMsg": f"requestMerchantTransfer:{message}"}
