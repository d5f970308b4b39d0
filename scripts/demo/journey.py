"""One day of the shop, step by step over HTTP: a purchase from login to receipt, a cancellation, and late money.

Used by `make demo` and by the journey test, which runs it against separate processes and real servers.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from kit.domain.money import yuan_text
from kit.wechat.simulator.client import SimulatorControl
from scripts.demo.client import CallFailed, ShopClient

PATIENCE_SECONDS = 30
_ADDRESS = {
    "receiver": "林小满",
    "phone": "13800138000",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "detail": "文三路 90 号 2 幢 301",
}


class StepFailed(Exception):
    """A step of the journey did not hold."""


class Journey:
    """Plays the day and says each step through `say`. Raises `StepFailed` or `CallFailed` at the first that fails."""

    def __init__(
        self,
        *,
        base_url: str,
        wechat: SimulatorControl,
        staff_login: tuple[str, str],
        say: Callable[[str], None],
        templates: tuple[str, str] | None = None,
    ) -> None:
        """`templates`: what the shop was told to send on paid and shipped; without them no messages are looked for."""
        self._wechat = wechat
        self._staff_login = staff_login
        self._say = say
        self._templates = templates
        self._customer = ShopClient(base_url)
        self._staff = ShopClient(base_url)
        self._openid = ""
        self._address_id = ""

    def play(self) -> None:
        """All of it."""
        self.look_around()
        self.log_in()
        sku = self.choose()
        order = self.order(sku, quantity=2)
        self.subscribe()
        self.pay(order)
        self.hear_of(order, 0)
        self.ship(order)
        self.hear_of(order, 1)
        self.receive(order)
        self.change_mind(sku)
        self.pay_too_late(sku)
        self.check_books()

    def look_around(self) -> None:
        """Before logging in."""
        health = self._customer.get("/health/ready")
        self._step("健康检查 health", f"{health['status']} {health['dependencies']}")
        home = self._customer.get("/api/v1/home")
        names = "、".join(category["name"] for category in home["categories"])
        self._step("首页 home", f"categories: {names}")

    def log_in(self) -> None:
        """wx.login → code → tokens; then the phone number and an address."""
        user = self._wechat.create_user(phone="13800138000")
        self._openid = user["openid"]
        login = self._customer.call("POST", "/api/v1/auth/login", json={"code": self._wechat.login_code(self._openid)})
        self._customer.use_token(login["access_token"])
        self._step("微信登录 login", f"customer {login['customer']['id']}")
        refreshed = self._customer.call("POST", "/api/v1/auth/refresh", json={"refresh_token": login["refresh_token"]})
        self._customer.use_token(refreshed["access_token"])
        self._step("刷新令牌 refresh", f"new access token for {refreshed['expires_in']} s")
        phone = self._customer.post("/api/v1/me/phone", {"code": self._wechat.phone_code(self._openid)})
        self._step("手机号 phone", phone["phone"])
        address = self._customer.post("/api/v1/addresses", _ADDRESS)
        self._address_id = address["id"]
        self._step(
            "收货地址 address", f"{address['province']}{address['city']}{address['district']}{address['detail']}"
        )

    def choose(self) -> dict[str, Any]:
        """Browse the catalogue; returns a SKU in stock with enough of it for the day."""
        products = self._customer.get("/api/v1/products", limit=20)["items"]
        self._step("商品列表 products", f"{len(products)} on the first page, first: {products[0]['title']}")
        for product in products:
            detail = self._customer.get(f"/api/v1/products/{product['id']}")
            for sku in detail["skus"]:
                if sku["in_stock"]:
                    price = yuan_text(sku["price_fen"])
                    self._step("商品详情 detail", f"{detail['title']} {sku['spec_text']} ¥{price}")
                    return dict(sku) | {"title": detail["title"]}
        raise StepFailed("nothing is in stock")

    def order(self, sku: dict[str, Any], *, quantity: int) -> dict[str, Any]:
        """Cart, quote, order; the same Idempotency-Key twice gives the same order."""
        self._customer.post("/api/v1/cart/lines", {"sku_id": sku["id"], "quantity": quantity})
        cart = self._customer.get("/api/v1/cart")
        self._step("购物车 cart", f"{len(cart['items'])} line, ¥{yuan_text(cart['orderable_fen'])}")
        body, quote = self._confirmed(sku, quantity)
        self._step(
            "结算 quote",
            f"goods ¥{yuan_text(quote['goods_fen'])} + freight ¥{yuan_text(quote['freight_fen'])}"
            f" = ¥{yuan_text(quote['payable_fen'])}",
        )
        key = uuid.uuid4().hex
        order = self._customer.post("/api/v1/orders", body, key=key)
        again = self._customer.post("/api/v1/orders", body, key=key)
        self._expect(again == order, "the same Idempotency-Key made another order")
        self._expect(self._customer.get("/api/v1/cart")["items"] == [], "what was ordered is still in the cart")
        self._step("下单 order", f"{order['no']} ¥{yuan_text(order['payable_fen'])}, pay until {order['due_at']}")
        return dict(order)

    def subscribe(self) -> None:
        """wx.requestSubscribeMessage: the buyer wants to hear of payment and shipment, once each."""
        for template_id in self._templates or ():
            self._wechat.subscribe(self._openid, template_id)

    def hear_of(self, order: dict[str, Any], news: int) -> None:
        """The subscribe message that arrived at the buyer: of payment (0), of shipment (1)."""
        if self._templates is None:
            return
        template_id = self._templates[news]
        complaint = f"no message {template_id} about order {order['no']}"
        message = self._until(lambda: self._message(template_id, order["no"]), complaint)
        self._step("订阅消息 message", " | ".join(message["data"].values()))

    def pay(self, order: dict[str, Any]) -> None:
        """wx.requestPayment checks our signature as WeChat's client does; the callback makes the order paid."""
        parameters = self._customer.post(f"/api/v1/orders/{order['no']}/payment")
        self._step("预支付 prepay", parameters["package"])
        paid = self._wechat.request_payment(parameters)
        self._expect(paid["result"] == "ok", f"the user could not pay: {paid}")
        detail = self._wait_for(order["no"], "paid")
        self._step("支付成功 paid", f"order is {detail['status']}, history: {_history(detail)}")

    def ship(self, order: dict[str, Any]) -> None:
        """Staff find the paid order and ship it."""
        username, password = self._staff_login
        login = self._staff.call("POST", "/admin/v1/auth/login", json={"username": username, "password": password})
        self._staff.use_token(login["access_token"])
        self._step("员工登录 staff login", username)
        waiting = self._staff.get("/admin/v1/orders", status="paid")["items"]
        self._expect(order["no"] in [row["no"] for row in waiting], "the paid order is not in the staff list")
        parcel = {"express_company": "顺丰速运", "tracking_no": "SF1234567890123"}
        shipped = self._staff.post(f"/admin/v1/orders/{order['no']}/shipment", parcel)
        self._step("发货 shipped", f"{shipped['no']} {parcel['express_company']} {parcel['tracking_no']}")
        reference = f"order:{order['no']}"
        moves = self._staff.get("/admin/v1/stock/movements", reference=reference)["items"]
        self._expect({move["kind"] for move in moves} == {"reserve", "deduct"}, f"wrong movements: {moves}")
        move = moves[0]
        self._step("库存流水 ledger", f"on hand {move['on_hand_before']} → {move['on_hand_after']} ({reference})")

    def receive(self, order: dict[str, Any]) -> None:
        """The customer has the goods."""
        done = self._customer.post(f"/api/v1/orders/{order['no']}/receipt")
        self._expect(done["status"] == "completed", f"order is {done['status']}")
        self._step("确认收货 received", f"order is {done['status']}")

    def change_mind(self, sku: dict[str, Any]) -> None:
        """A second order is prepaid and cancelled: closed at WeChat first, then its stock is back."""
        before = self._available(sku)
        order = self._place(sku)
        self._customer.post(f"/api/v1/orders/{order['no']}/payment")
        self._expect(self._available(sku) == before - 1, "the second order reserved no stock")
        cancelled = self._customer.post(f"/api/v1/orders/{order['no']}/cancel", {"reason": "不想要了"})
        detail = self._wait_for(order["no"], "closed")
        self._expect(self._available(sku) == before, "the cancelled order still holds stock")
        self._step("取消订单 cancel", f"{cancelled['status']} → {detail['status']}, stock is back: {before}")

    def pay_too_late(self, sku: dict[str, Any]) -> None:
        """A third order is closed, and then WeChat reports money for it: recorded, and refunded by itself."""
        order = self._place(sku)
        self._customer.post(f"/api/v1/orders/{order['no']}/payment")
        self._customer.post(f"/api/v1/orders/{order['no']}/cancel", {})
        self._wait_for(order["no"], "closed")
        numbers = [row["out_trade_no"] for row in self._wechat.transactions()]
        number = next(number for number in numbers if number.startswith(order["no"]))
        self._wechat.pay(out_trade_no=number, force=True)
        refund = self._until(lambda: self._refund_of(order["no"]), f"the late money of {order['no']} was not refunded")
        self._expect(refund["amount_fen"] == order["payable_fen"], f"wrong refund: {refund}")
        self._step("迟到的钱 late money", f"¥{yuan_text(refund['amount_fen'])} refunded: {refund['reason']}")

    def check_books(self) -> None:
        """Every fen that arrived is on a live order or refunded."""
        receipts = self._staff.get("/admin/v1/payments/receipts", limit=100)["items"]
        refunds = self._staff.get("/admin/v1/payments/refunds", limit=100)["items"]
        orders = self._staff.get("/admin/v1/orders", limit=100)["items"]
        arrived = sum(receipt["amount_fen"] for receipt in receipts)
        returned = sum(refund["amount_fen"] for refund in refunds if refund["state"] == "success")
        kept = sum(order["payable_fen"] for order in orders if order["paid_at"])
        self._expect(arrived == kept + returned, f"{arrived} arrived, {kept} on orders, {returned} returned")
        self._step(
            "账目 books",
            f"arrived ¥{yuan_text(arrived)} = on orders ¥{yuan_text(kept)} + refunded ¥{yuan_text(returned)}",
        )

    def _place(self, sku: dict[str, Any]) -> dict[str, Any]:
        body, _ = self._confirmed(sku, 1)
        return dict(self._customer.post("/api/v1/orders", body))

    def _confirmed(self, sku: dict[str, Any], quantity: int) -> tuple[dict[str, Any], dict[str, Any]]:
        items = [{"sku_id": sku["id"], "quantity": quantity}]
        quote = self._customer.post("/api/v1/orders/quote", {"items": items})
        return {
            "items": items,
            "address_id": self._address_id,
            "confirmed_payable_fen": quote["payable_fen"],
        }, quote

    def _available(self, sku: dict[str, Any]) -> int:
        rows = self._staff.get("/admin/v1/stock", sku_code=sku["code"])["items"]
        return int(rows[0]["available"])

    def _refund_of(self, order_no: str) -> dict[str, Any] | None:
        refunds = self._staff.get("/admin/v1/payments/refunds", state="success")["items"]
        return next((refund for refund in refunds if refund["subject"] == f"order:{order_no}"), None)

    def _message(self, template_id: str, order_no: str) -> dict[str, Any] | None:
        messages = [message for message in self._wechat.messages(self._openid) if order_no in message["page"]]
        return next((message for message in messages if message["template_id"] == template_id), None)

    def _wait_for(self, order_no: str, status: str) -> dict[str, Any]:
        def arrived() -> dict[str, Any] | None:
            detail = self._customer.get(f"/api/v1/orders/{order_no}")
            return detail if detail["status"] == status else None

        return self._until(arrived, f"order {order_no} did not become {status}")

    def _until(self, ask: Callable[[], dict[str, Any] | None], complaint: str) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = ask()
            if found is not None:
                return found
            time.sleep(0.1)
        raise StepFailed(complaint)

    def _expect(self, holds: bool, complaint: str) -> None:
        if not holds:
            raise StepFailed(complaint)

    def _step(self, name: str, result: str) -> None:
        self._say(f"{name}: {result}")


def _history(detail: dict[str, Any]) -> str:
    return " → ".join(entry["to_status"] for entry in detail["history"])


__all__ = ["CallFailed", "Journey", "StepFailed"]
