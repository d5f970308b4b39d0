"""Customers and their identities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.user.domain.customer import Customer, CustomerIdentity, Provider
from backend.user.domain.error import CustomerNotFound
from backend.user.domain.port import WechatUser
from kit.db.error import is_duplicate
from kit.repository.base import Repository


class CustomerRepository(Repository[Customer]):
    """Customers, found by id or by who WeChat says they are."""

    entity = Customer

    def get(self, customer_id: int) -> Customer:
        """The customer. Raises `CustomerNotFound`."""
        customer = self.by_id(customer_id)
        if customer is None:
            raise CustomerNotFound
        return customer

    def lock(self, customer_id: int) -> Customer:
        """The customer's row, held until the commit: changes of one address book wait for each other."""
        query = select(Customer).where(Customer.id == customer_id).with_for_update()
        customer = self.first(query.execution_options(populate_existing=True))
        if customer is None:
            raise CustomerNotFound
        return customer

    def of_wechat(self, appid: str, user: WechatUser) -> Customer | None:
        """The customer behind an openid, if they were here before; remembers a unionid that came later."""
        query = (
            select(CustomerIdentity, Customer)
            .join(Customer, Customer.id == CustomerIdentity.customer_id)
            .where(
                CustomerIdentity.provider == Provider.WECHAT_MINI,
                CustomerIdentity.appid == appid,
                CustomerIdentity.subject == user.openid,
            )
        )
        row = self.session.execute(query).first()
        if row is None:
            return None
        identity, customer = row
        if user.unionid is not None and identity.unionid != user.unionid:
            identity.unionid = user.unionid
        found: Customer = customer
        return found

    def register(self, appid: str, user: WechatUser, *, at: datetime) -> Customer | None:
        """A new customer with this identity; None when somebody registered the same openid in this moment."""
        try:
            with self.session.begin_nested():
                customer = self.add(Customer.register(at=at))
                self.flush()
                self.session.add(
                    CustomerIdentity(
                        provider=Provider.WECHAT_MINI,
                        appid=appid,
                        subject=user.openid,
                        unionid=user.unionid,
                        customer_id=customer.id,
                        created_at=at,
                    )
                )
        except IntegrityError as error:
            if is_duplicate(error):
                return None
            raise
        return customer

    def openid(self, customer_id: int, appid: str) -> str | None:
        """The customer's openid in this mini-program."""
        query = select(CustomerIdentity.subject).where(
            CustomerIdentity.customer_id == customer_id,
            CustomerIdentity.provider == Provider.WECHAT_MINI,
            CustomerIdentity.appid == appid,
        )
        return self.session.scalars(query.limit(1)).first()
