"""Everything the simulated WeChat remembers, behind one lock."""

from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any

from kit.wechat.simulator.access_tokens import AccessTokens
from kit.wechat.simulator.clock import Clock
from kit.wechat.simulator.errors import ControlError, PayError
from kit.wechat.simulator.keys import Identity
from kit.wechat.simulator.refunds import Refund, accept
from kit.wechat.simulator.transactions import Transaction
from kit.wechat.simulator.users import User, Users


@dataclass
class RefundRule:
    """How accepted refunds end by themselves: after `delay` seconds as `state`, or never (None)."""

    delay: float | None
    state: str = "SUCCESS"


class Books:
    def __init__(self, identity: Identity, clock: Clock) -> None:
        self.identity = identity
        self.clock = clock
        self.lock = RLock()
        self.users = Users(clock, self.lock)
        self.tokens = AccessTokens(clock, self.lock)
        self._transactions: dict[str, Transaction] = {}
        self._refunds: dict[str, Refund] = {}

    def prepay(self, body: dict[str, Any]) -> str:
        """The prepay_id for a body that has passed its shape."""
        with self.lock:
            now = self.clock()
            self._check_parties(body)
            if body.get("time_expire") and datetime.fromisoformat(body["time_expire"]) <= now:
                raise PayError("PARAM_ERROR", "time_expire必须晚于当前时间", field="/time_expire")
            transaction = self._transactions.setdefault(body["out_trade_no"], Transaction.placed(body))
            transaction.expire(now)
            return transaction.new_prepay_id(body, now)

    def close(self, out_trade_no: str, mchid: str) -> None:
        with self.lock:
            self.transaction(out_trade_no, mchid=mchid).close()

    def transaction(self, out_trade_no: str, *, mchid: str) -> Transaction:
        with self.lock:
            self._check_mchid(mchid)
            transaction = self.find_transaction(out_trade_no)
            if transaction is None:
                raise PayError("ORDER_NOT_EXIST", "订单不存在")
            return transaction

    def transaction_by_id(self, transaction_id: str, *, mchid: str) -> Transaction:
        with self.lock:
            self._check_mchid(mchid)
            transaction = self._by_id(transaction_id)
            if transaction is None:
                raise PayError("ORDER_NOT_EXIST", "订单不存在")
            return transaction

    def find_transaction(self, out_trade_no: str) -> Transaction | None:
        with self.lock:
            transaction = self._transactions.get(out_trade_no)
            if transaction is not None:
                transaction.expire(self.clock())
            return transaction

    def find_by_prepay_id(self, prepay_id: str) -> Transaction | None:
        with self.lock:
            found = (item for item in self._transactions.values() if prepay_id in item.prepay_ids)
            transaction = next(found, None)
            return transaction and self.find_transaction(transaction.out_trade_no)

    def add_unknown_money(self, transaction: Transaction) -> None:
        with self.lock:
            if transaction.out_trade_no in self._transactions:
                raise ControlError(f"{transaction.out_trade_no} is known already", 409)
            self._transactions[transaction.out_trade_no] = transaction

    def refund(self, body: dict[str, Any]) -> tuple[Refund, bool]:
        """The refund and whether it is new: the same number again answers with the first one."""
        with self.lock:
            transaction = self._paid_by(body)
            known = self._refunds.get(body["out_refund_no"])
            if known is not None:
                if known.transaction is not transaction or known.refund != body["amount"]["refund"]:
                    raise PayError("INVALID_REQUEST", "订单金额或退款金额与之前请求不一致")
                return known, False
            earlier = [refund for refund in self._refunds.values() if refund.transaction is transaction]
            refund = self._refunds[body["out_refund_no"]] = accept(transaction, earlier, body, self.clock())
            return refund, True

    def find_refund(self, out_refund_no: str) -> Refund | None:
        return self._refunds.get(out_refund_no)

    def payee(self, body: dict[str, Any]) -> User:
        """Whom a transfer goes to: a user of our mini-program."""
        self._check_appid(body)
        user = self.users.find(body["openid"])
        if user is None or user.appid != body["appid"]:
            raise PayError("INVALID_REQUEST", "openid与商户appid不匹配", field="/openid")
        return user

    def transactions(self) -> list[Transaction]:
        with self.lock:
            for transaction in self._transactions.values():
                transaction.expire(self.clock())
            return list(self._transactions.values())

    def refunds(self) -> list[Refund]:
        with self.lock:
            return list(self._refunds.values())

    def clear(self) -> None:
        with self.lock:
            self.users.clear()
            self.tokens.clear()
            self._transactions.clear()
            self._refunds.clear()

    def _paid_by(self, body: dict[str, Any]) -> Transaction:
        out_trade_no, transaction_id = body.get("out_trade_no"), body.get("transaction_id")
        if not out_trade_no and not transaction_id:
            raise PayError("PARAM_ERROR", "transaction_id和out_trade_no必须二选一", field="/transaction_id")
        transaction = self._by_id(transaction_id) if transaction_id else self.find_transaction(str(out_trade_no))
        if transaction is None or (out_trade_no and transaction.out_trade_no != out_trade_no):
            raise PayError("RESOURCE_NOT_EXISTS", "订单不存在")
        return transaction

    def _by_id(self, transaction_id: str) -> Transaction | None:
        paid = (item for item in self._transactions.values() if item.paid)
        return next((item for item in paid if item.transaction_id == transaction_id), None)

    def _check_parties(self, body: dict[str, Any]) -> None:
        self._check_mchid(body["mchid"])
        self._check_appid(body)
        payer = self.users.find(body["payer"]["openid"])
        if payer is None:
            raise PayError("PARAM_ERROR", "无效的openid", field="/payer/openid")
        if payer.appid != body["appid"]:
            raise PayError("OPENID_MISMATCH", "openid和appid不匹配", field="/payer/openid")

    def _check_appid(self, body: dict[str, Any]) -> None:
        if body["appid"] != self.identity.appid:
            raise PayError("APPID_MCHID_NOT_MATCH", "appid和mchid不匹配", field="/appid")

    def _check_mchid(self, mchid: str) -> None:
        if mchid != self.identity.mchid:
            raise PayError("MCH_NOT_EXISTS", "商户号不存在或与签名的商户号不一致", field="/mchid")
