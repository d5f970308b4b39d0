"""Announces bills and hands them out: of past days only, from ten in the morning of the next day, for three months."""

import gzip
import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kit.wechat.simulator.books import Books
from kit.wechat.simulator.clock import BEIJING
from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.fund_bill import fund_bill
from kit.wechat.simulator.trade_bill import trade_bill
from kit.wechat.simulator.transfer_desk import TransferDesk

READY_AT = time(10, tzinfo=BEIJING)
KEPT = timedelta(days=90)
LINK_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class Link:
    """`sha1` is of the plain bytes, whether or not they are fetched compressed."""

    token: str
    sha1: str
    content: bytes
    issued_at: datetime


class BillDesk:
    """`as_of`, set by the control API, is the moment by which readiness is judged; None is the real one."""

    def __init__(self, *, books: Books, transfers: TransferDesk) -> None:
        self._books = books
        self._transfers = transfers
        self._links: dict[str, Link] = {}
        self.as_of: datetime | None = None

    def trade(self, day: date, kind: str) -> Link:
        self._check(day)
        with self._books.lock:
            return self._link(trade_bill(kind, day, self._books.transactions(), self._books.refunds()))

    def funds(self, day: date, account: str) -> Link:
        """All money moves on the basic account."""
        self._check(day)
        with self._books.lock:
            books = (self._books.transactions(), self._books.refunds(), self._transfers.all())
            return self._link(fund_bill(day, *books) if account == "BASIC" else b"")

    def file(self, token: str, *, packed: bool) -> bytes:
        link = self._links.get(token)
        if link is None or self._books.clock() >= link.issued_at + LINK_LIFE:
            raise PayError("INVALID_REQUEST", "账单下载地址无效或已过期")
        return gzip.compress(link.content, mtime=0) if packed else link.content

    def let_today_be_ready(self) -> datetime:
        """As of ten tomorrow morning."""
        tomorrow = self._books.clock().astimezone(BEIJING).date() + timedelta(days=1)
        return datetime.combine(tomorrow, READY_AT)

    def reset(self) -> None:
        self._links.clear()
        self.as_of = None

    def _check(self, day: date) -> None:
        now = (self.as_of or self._books.clock()).astimezone(BEIJING)
        if not now.date() - KEPT <= day < now.date():
            raise PayError("INVALID_REQUEST", "bill_date需为三个月内且早于今天的日期")
        if now < datetime.combine(day + timedelta(days=1), READY_AT):
            raise PayError("STATEMENT_CREATING", "请求的账单正在生成中")

    def _link(self, content: bytes) -> Link:
        if not content:
            raise PayError("NO_STATEMENT_EXIST", "账单文件不存在")
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        link = Link(secrets.token_urlsafe(48), sha1, content, self._books.clock())
        self._links[link.token] = link
        return link
