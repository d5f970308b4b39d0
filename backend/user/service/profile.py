"""What customers say about themselves."""

from __future__ import annotations

from backend.user.domain.customer import Customer
from backend.user.domain.port import MiniProgram
from backend.user.repository.customer import CustomerRepository
from kit.service.transaction import end_reading, transactional


class Profile:
    """Nickname, picture and phone of one customer."""

    def __init__(self, wechat: MiniProgram, customers: CustomerRepository) -> None:
        self.wechat = wechat
        self.customers = customers

    @transactional
    def introduce(self, customer_id: int, *, nickname: str, avatar_url: str | None) -> Customer:
        """Take the name and picture the customer chose."""
        customer = self.customers.get(customer_id)
        customer.introduce(nickname=nickname, avatar_url=avatar_url)
        return customer

    def bind_phone(self, customer_id: int, *, code: str) -> Customer:
        """Take the phone behind the button's `code`. Raises `LoginCodeInvalid`, `WechatBusy`, `WechatRefused`."""
        end_reading()
        phone = self.wechat.phone_number(code)
        return self._keep_phone(customer_id, phone)

    @transactional
    def _keep_phone(self, customer_id: int, phone: str) -> Customer:
        customer = self.customers.get(customer_id)
        customer.bind_phone(phone)
        return customer
