"""The user's side of a payment: WeChat's client, with a finger on the password."""

from dataclasses import dataclass, field
from typing import Any

from kit.wechat.simulator.books import Books
from kit.wechat.simulator.errors import ControlError
from kit.wechat.simulator.keys import Keyring
from kit.wechat.simulator.notifier import Notifier
from kit.wechat.simulator.signature import verifies
from kit.wechat.simulator.transactions import Transaction

PARAMETERS = {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}


@dataclass(frozen=True)
class Wish:
    """How to pay. `payer_total` below the total plays a voucher; `force` ignores that the order is closed."""

    payer_total: int | None = None
    override: dict[str, Any] = field(default_factory=dict)
    force: bool = False


class Cashier:
    """Answers `{"result", "errMsg", …}`; result is ok, cancel, already_paid, closed, prepay_expired, wrong_user,
    bad_parameters, bad_signature or unknown; only ok changes the books and sends a callback."""

    def __init__(self, *, keyring: Keyring, books: Books, notifier: Notifier) -> None:
        self._merchant_key = keyring.merchant_public_key
        self._books = books
        self._notifier = notifier

    def request_payment(self, parameters: dict[str, Any], wish: Wish, *, openid: str = "") -> dict[str, Any]:
        """wx.requestPayment with the five parameters and the appId, checked as the client checks them."""
        given = {name: value for name, value in parameters.items() if isinstance(value, str) and value}
        package = given.get("package", "")
        if given.keys() != PARAMETERS or parameters.keys() != PARAMETERS:
            return fail("bad_parameters", f"needs exactly these, as strings: {', '.join(sorted(PARAMETERS))}")
        if given["signType"] != "RSA" or not given["timeStamp"].isdigit() or not package.startswith("prepay_id="):
            return fail("bad_parameters", "signType RSA, timeStamp in seconds, package prepay_id=…")
        message = f"{given['appId']}\n{given['timeStamp']}\n{given['nonceStr']}\n{package}\n"
        if not verifies(self._merchant_key, given["paySign"], message.encode()):
            return fail("bad_signature", "支付验证签名失败")
        prepay_id = package.removeprefix("prepay_id=")
        transaction = self._books.find_by_prepay_id(prepay_id)
        if transaction is not None and transaction.appid != given["appId"]:
            return fail("bad_parameters", "appId is not the order's")
        return self.pay(wish, prepay_id=prepay_id, openid=openid)

    def pay(self, wish: Wish, *, prepay_id: str = "", out_trade_no: str = "", openid: str = "") -> dict[str, Any]:
        with self._books.lock:
            transaction = self._find(prepay_id, out_trade_no)
            refusal = self._refusal(transaction, prepay_id, openid, wish)
            if transaction is None or refusal:
                return fail(refusal, "支付失败")
            transaction.pay(self._books.clock(), payer_total=wish.payer_total, override=wish.override)
            resource = transaction.answer()
        self._notify(transaction, resource)
        return {"result": "ok", "errMsg": "requestPayment:ok", **resource}

    def abandon(self, *, prepay_id: str = "", out_trade_no: str = "") -> dict[str, Any]:
        with self._books.lock:
            transaction = self._find(prepay_id, out_trade_no)
            if transaction is None:
                return fail("unknown", "支付失败")
            transaction.abandoned += 1
        return {"result": "cancel", "errMsg": "requestPayment:fail cancel"}

    def unknown_money(self, transaction: Transaction, wish: Wish) -> dict[str, Any]:
        """A payment under a number that nobody asked a prepay_id for."""
        with self._books.lock:
            self._books.add_unknown_money(transaction)
            transaction.pay(self._books.clock(), payer_total=wish.payer_total, override=wish.override)
            resource = transaction.answer()
        self._notify(transaction, resource)
        return {"result": "ok", "errMsg": "requestPayment:ok", **resource}

    def _find(self, prepay_id: str, out_trade_no: str) -> Transaction | None:
        if bool(prepay_id) == bool(out_trade_no):
            raise ControlError("name either the prepay_id or the out_trade_no")
        if prepay_id:
            return self._books.find_by_prepay_id(prepay_id)
        return self._books.find_transaction(out_trade_no)

    def _refusal(self, transaction: Transaction | None, prepay_id: str, openid: str, wish: Wish) -> str:
        if transaction is None:
            return "unknown"
        if openid and openid != transaction.openid:
            return "wrong_user"
        if transaction.paid:
            return "already_paid"
        if wish.force:
            return ""
        if transaction.state == "CLOSED":
            return "closed"
        expires_at = transaction.prepay_ids.get(prepay_id)
        return "prepay_expired" if expires_at is not None and expires_at <= self._books.clock() else ""

    def _notify(self, transaction: Transaction, resource: dict[str, Any]) -> None:
        if transaction.notify_url:
            self._notifier.send(
                "TRANSACTION.SUCCESS",
                subject=transaction.out_trade_no,
                url=transaction.notify_url,
                resource=resource,
            )


def fail(result: str, reason: str) -> dict[str, Any]:
    return {"result": result, "errMsg": f"requestPayment:fail {reason}"}
