"""Calls to WeChat Pay v3, signed with the SDK's primitives over a session with time limits; every answer is verified.

The SDK's own transport opens a connection per call and does not verify non-2xx answers.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from loguru import logger
from wechatpayv3.utils import build_authorization, rsa_sign

from kit.log.setup import WECHATPAY
from kit.wechat.pay.error import OutcomeUnknown, Refused, SignatureRefused
from kit.wechat.pay.keys import Merchant, WechatKeys
from kit.wechat.pay.resource import BadResource, Refund, Transaction, read_refund, read_transaction
from kit.wechat.pay.signature import verify
from kit.wechat.slots import NoSlot, VendorSlots

T = TypeVar("T")

TIMEOUT_SECONDS = (3, 10)  # connect, read

_log = logger.bind(channel=WECHATPAY, logger="wechatpay")


@dataclass(frozen=True, kw_only=True)
class PrepayOrder:
    """What JSAPI prepay needs of us."""

    out_trade_no: str
    description: str
    amount_fen: int
    payer_openid: str
    time_expire: datetime
    notify_url: str


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """What a refund needs of us; by `transaction_id`, so that money without an order of ours can go back too."""

    out_refund_no: str
    transaction_id: str
    refund_fen: int
    total_fen: int
    reason: str
    notify_url: str


class WechatPayClient:
    """One merchant's access, for at most `max_calls` threads at once. Thread-safe.

    Every method raises `OutcomeUnknown` or `Refused`.
    """

    def __init__(self, *, url: str, merchant: Merchant, keys: WechatKeys, max_calls: int = 3) -> None:
        self.merchant = merchant
        self.keys = keys
        self._url = url.rstrip("/")
        self._session = requests.Session()
        # A proxy variable in the environment must not see payments.
        self._session.trust_env = False
        self._slots = VendorSlots(max_calls)

    def prepay(self, order: PrepayOrder) -> str:
        """Place a JSAPI order; returns prepay_id (valid two hours)."""
        body = {
            "appid": self.merchant.appid,
            "mchid": self.merchant.mchid,
            "description": order.description,
            "out_trade_no": order.out_trade_no,
            "time_expire": order.time_expire.isoformat(timespec="seconds"),
            "notify_url": order.notify_url,
            "amount": {"total": order.amount_fen, "currency": "CNY"},
            "payer": {"openid": order.payer_openid},
        }
        prepay_id = self._call("POST", "/v3/pay/transactions/jsapi", body).get("prepay_id")
        if not isinstance(prepay_id, str) or not prepay_id:
            raise OutcomeUnknown("the answer has no prepay_id")
        return prepay_id

    def query(self, out_trade_no: str) -> Transaction:
        """The order as WeChat knows it. `Refused` with ORDER_NOT_EXIST when it does not."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}?mchid={self.merchant.mchid}"
        return _read(read_transaction, self._call("GET", path))

    def close(self, out_trade_no: str) -> None:
        """Close the order. `Refused` with ORDERPAID when it was paid first."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}/close"
        self._call("POST", path, {"mchid": self.merchant.mchid})

    def refund(self, order: RefundOrder) -> Refund:
        """Ask for a refund. The answer means accepted; repeat only with the same out_refund_no."""
        body = {
            "transaction_id": order.transaction_id,
            "out_refund_no": order.out_refund_no,
            "reason": order.reason,
            "notify_url": order.notify_url,
            "amount": {"refund": order.refund_fen, "total": order.total_fen, "currency": "CNY"},
        }
        return _read(read_refund, self._call("POST", "/v3/refund/domestic/refunds", body))

    def query_refund(self, out_refund_no: str) -> Refund:
        """The refund as WeChat knows it. `Refused` with RESOURCE_NOT_EXISTS when it does not."""
        return _read(read_refund, self._call("GET", f"/v3/refund/domestic/refunds/{quote(out_refund_no, safe='')}"))

    def payment_parameters(self, prepay_id: str) -> dict[str, str]:
        """The arguments of wx.requestPayment, signed. Costs no call."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        message = f"{self.merchant.appid}\n{timestamp}\n{nonce}\n{package}\n"
        return {
            "appId": self.merchant.appid,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": rsa_sign(self.merchant.private_key, message),
        }

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        # Signed and sent must be the same bytes, so the text is made once.
        text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        merchant = self.merchant
        headers = {
            "Authorization": build_authorization(
                path, method, merchant.mchid, merchant.cert_serial, merchant.private_key, data=text
            ),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "qiyuan",
            "Wechatpay-Serial": self.keys.preferred,
        }
        try:
            with self._slots.slot():
                answer = self._session.request(
                    method,
                    self._url + path,
                    data=text.encode() or None,
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
        except (requests.RequestException, NoSlot) as error:
            _log.warning("{} {}: {}", method, path, type(error).__name__)
            raise OutcomeUnknown(f"{method} {path}: {type(error).__name__}") from None
        _log.info("{} {} {} request id {}", method, path, answer.status_code, answer.headers.get("Request-ID", "-"))
        return self._outcome(answer)

    def _outcome(self, answer: requests.Response) -> dict[str, Any]:
        if answer.status_code >= 500 or 300 <= answer.status_code < 400:
            raise OutcomeUnknown(f"status {answer.status_code}")
        try:
            verify(answer.headers, answer.content, self.keys)
        except SignatureRefused as error:
            # A refusal that anybody could have written proves as little as a success.
            _log.warning("answer {} not verified: {}", answer.status_code, error)
            raise OutcomeUnknown(f"answer {answer.status_code} not verified: {error}") from None
        if not answer.content:
            return {}
        try:
            data = json.loads(answer.content)
        except ValueError:
            raise OutcomeUnknown("the answer is not JSON") from None
        if not isinstance(data, dict):
            raise OutcomeUnknown("the answer is not an object")
        if answer.status_code >= 400:
            if answer.status_code == 429:
                raise OutcomeUnknown("too many requests")
            raise Refused(answer.status_code, str(data.get("code", "")), str(data.get("message", "")))
        return data


def _read(reader: Callable[[dict[str, Any]], T], data: dict[str, Any]) -> T:
    try:
        return reader(data)
    except BadResource as error:
        raise OutcomeUnknown(f"unreadable answer: {error}") from None
