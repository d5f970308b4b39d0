"""What a mini-program does, step by step, over any caller."""

from __future__ import annotations

import time
import uuid
from itertools import cycle
from typing import Any

from benchmarks.caller import Caller, UnexpectedAnswer, json_call
from kit.wechat.simulator.client import SimulatorControl

PATIENCE_SECONDS = 15
_POLL_SECONDS = 0.01
_ADDRESS = {
    "receiver": "林小满",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "detail": "文三路 90 号",
}


class Customer:
    """One WeChat user with a connection of their own."""

    def __init__(self, caller: Caller, wechat: SimulatorControl) -> None:
        self.caller = caller
        self._wechat = wechat
        self._openid = wechat.create_user()["openid"]
        self._token = ""
        self.log_in()
        self._address = self.call("POST", "/api/v1/addresses", _ADDRESS)["id"]
        products = json_call(caller, "GET", "/api/v1/products?limit=20")["items"]
        self.products = [product["id"] for product in products]
        details = [json_call(caller, "GET", f"/api/v1/products/{product}") for product in self.products]
        self._skus = cycle([sku["id"] for detail in details for sku in detail["skus"] if sku["in_stock"]])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """As this customer, with an Idempotency-Key of its own."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency_Key": uuid.uuid4().hex}
        return json_call(self.caller, method, path, body, **headers)

    def log_in(self) -> None:
        code = self._wechat.login_code(self._openid)
        self._token = json_call(self.caller, "POST", "/api/v1/auth/login", {"code": code})["access_token"]

    def add_to_cart(self) -> str:
        """The SKU that was put in."""
        sku: str = next(self._skus)
        self.call("POST", "/api/v1/cart/lines", {"sku_id": sku, "quantity": 1})
        return sku

    def buy(self) -> None:
        """From login to paid: everything a customer does once, and what WeChat, relay and consumer do behind it."""
        self.log_in()
        items = [{"sku_id": self.add_to_cart(), "quantity": 1}]
        quote = self.call("POST", "/api/v1/orders/quote", {"items": items})
        body = {"items": items, "address_id": self._address, "confirmed_payable_fen": quote["payable_fen"]}
        order = self.call("POST", "/api/v1/orders", body)
        parameters = self.call("POST", f"/api/v1/orders/{order['no']}/payment")
        if self._wechat.request_payment(parameters)["result"] != "ok":
            raise UnexpectedAnswer(f"order {order['no']} could not be paid")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.call("GET", f"/api/v1/orders/{order['no']}")["status"] != "paid":
            if time.monotonic() > deadline:
                raise UnexpectedAnswer(f"order {order['no']} did not become paid")
            time.sleep(_POLL_SECONDS)
