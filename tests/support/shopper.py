"""A customer at the door of the shop: everything over HTTP, as a mini-program would."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from kit.wechat.simulator.client import SimulatorControl
from scripts.demo.client import ShopClient
from tests.support.processes import until

_ADDRESS = {
    "receiver": "林小满",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "detail": "文三路 90 号 2 幢 301",
}
_numbers = itertools.count(1)


class Shopper:
    """Logged in, with an address. Without `wechat` the shop must be one that believes dev- codes."""

    def __init__(self, url: str, wechat: SimulatorControl | None = None) -> None:
        self._wechat = wechat
        self.client = ShopClient(url)
        if wechat is None:
            code = f"dev-shopper{next(_numbers)}"
        else:
            self.openid = wechat.create_user()["openid"]
            code = wechat.login_code(self.openid)
        login = self.client.call("POST", "/api/v1/auth/login", json={"code": code})
        self.client.use_token(login["access_token"])
        self._address_id = self.client.post("/api/v1/addresses", _ADDRESS)["id"]

    def sku(self) -> dict[str, Any]:
        """Any SKU in stock."""
        for product in self.client.get("/api/v1/products", limit=20)["items"]:
            for sku in self.client.get(f"/api/v1/products/{product['id']}")["skus"]:
                if sku["in_stock"]:
                    return dict(sku)
        raise AssertionError("nothing is in stock")

    def place(self, sku: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
        """A new order."""
        items = [{"sku_id": sku["id"], "quantity": quantity}]
        quote = self.client.post("/api/v1/orders/quote", {"items": items})
        confirmed = {"address_id": self._address_id, "confirmed_payable_fen": quote["payable_fen"]}
        return dict(self.client.post("/api/v1/orders", {"items": items, **confirmed}))

    def prepay(self, order: dict[str, Any]) -> dict[str, Any]:
        """The arguments of wx.requestPayment."""
        return dict(self.client.post(f"/api/v1/orders/{order['no']}/payment"))

    def pay(self, order: dict[str, Any]) -> None:
        """wx.requestPayment, and the finger on the password."""
        assert self._wechat is not None
        paid = self._wechat.request_payment(self.prepay(order))
        assert paid["result"] == "ok", paid

    def cancel(self, order: dict[str, Any], *, request_id: str = "") -> dict[str, Any]:
        """Changes their mind; `request_id` is sent as X-Request-ID."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} | ({"X-Request-ID": request_id} if request_id else {})
        answer = self.client.call("POST", f"/api/v1/orders/{order['no']}/cancel", json={}, headers=headers)
        return dict(answer)

    def status(self, order: dict[str, Any]) -> str:
        """Where the order stands."""
        return str(self.client.get(f"/api/v1/orders/{order['no']}")["status"])

    def wait_for(self, order: dict[str, Any], status: str, *, seconds: float = 20) -> None:
        """Until the order stands there."""
        until(lambda: self.status(order) == status, seconds=seconds, what=f"order {order['no']} {status}")
