"""Customers log in with a code of WeChat's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.user.domain.customer import Customer
from backend.user.domain.port import MiniProgram, WechatUser
from backend.user.domain.session import SessionKind
from backend.user.repository.customer import CustomerRepository
from backend.user.service.session import Sessions, Tokens
from kit.service.transaction import LostRace, end_reading, transactional


@dataclass(frozen=True, kw_only=True)
class MemberTokens(Tokens):
    """Tokens, and whose they are."""

    customer: Customer


class MemberLogin:
    """Asks WeChat first, with no transaction open; then finds or registers the customer and opens a session."""

    def __init__(self, wechat: MiniProgram, appid: str, customers: CustomerRepository, sessions: Sessions) -> None:
        self.wechat = wechat
        self.appid = appid
        self.customers = customers
        self.sessions = sessions

    def log_in(self, *, code: str, user_agent: str, now: datetime) -> MemberTokens:
        """Tokens for whoever got `code`. Raises `CustomerBlocked`, `LoginCodeInvalid`, `WechatBusy`."""
        end_reading()
        user = self.wechat.login(code)
        return self._enter(user, user_agent, now)

    @transactional
    def _enter(self, user: WechatUser, user_agent: str, now: datetime) -> MemberTokens:
        customer = self._customer_of(user, now)
        customer.log_in()
        tokens = self.sessions.open(SessionKind.MEMBER, customer.id, user_agent=user_agent, now=now)
        return MemberTokens(**vars(tokens), customer=customer)

    def _customer_of(self, user: WechatUser, now: datetime) -> Customer:
        """One per openid: of two first logins at once, the unique key lets one register and the other reads again."""
        customer = (
            self.customers.of_wechat(self.appid, user)
            or self.customers.register(self.appid, user, at=now)
            or self.customers.of_wechat(self.appid, user)
        )
        if customer is None:
            # Whoever was faster rolled back after all.
            raise LostRace
        return customer
