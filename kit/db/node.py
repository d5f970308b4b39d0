"""Leases node numbers for `kit.domain.identity`, one per process, and again after a fork."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from datetime import datetime, timedelta

from sqlalchemy import Engine, Integer, String, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.sqlite import WRITES
from kit.db.types import UtcDateTime
from kit.domain import identity
from kit.domain.clock import utc_now
from kit.domain.entity import Entity

LEASE = timedelta(hours=1)
_RENEW_BEFORE = timedelta(minutes=30)
_GRACE = timedelta(minutes=10)  # a holder whose clock is behind ours still owns its number


class Node(Entity):
    """One leased number. A row is never deleted: an expired one is taken over."""

    __tablename__ = "kit_node"

    node: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(120))
    leased_until: Mapped[datetime] = mapped_column(UtcDateTime)


class NodeLease:
    """This process's number. `ensure` is called before every use case; it touches the database twice an hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._node: int | None = None
        self._until: datetime | None = None
        self._holder = ""

    def ensure(self, engine: Engine) -> None:
        """Lease, renew or (after a fork) replace the number, in a transaction of its own."""
        now = utc_now()
        if self._pid == os.getpid() and self._until is not None and now < self._until - _RENEW_BEFORE:
            return
        with self._lock:
            if self._pid != os.getpid():
                self._node = None
                self._holder = _new_holder()
            if not self._renew(engine, now):
                self._node = self._take(engine, now)
                # Only for a new number: a second generator for the same one would repeat ids of this millisecond.
                identity.use_node(self._node)
            self._pid, self._until = os.getpid(), now + LEASE

    def pin(self, node: int) -> None:
        """Use `node` without a lease: tests, and tools that own their database."""
        self._pid, self._node, self._until = os.getpid(), node, datetime.max.replace(tzinfo=utc_now().tzinfo)
        identity.use_node(node)

    def _renew(self, engine: Engine, now: datetime) -> bool:
        if self._node is None:
            return False
        mine = update(Node).where(Node.node == self._node, Node.holder == self._holder, Node.leased_until > now)
        with engine.connect().execution_options(**WRITES) as connection, connection.begin():
            return connection.execute(mine.values(leased_until=now + LEASE)).rowcount == 1

    def _take(self, engine: Engine, now: datetime) -> int:
        for _ in range(identity.NODES):
            try:
                with engine.connect().execution_options(**WRITES) as connection, connection.begin():
                    expired = (
                        select(Node.node, Node.leased_until)
                        .where(Node.leased_until < now - _GRACE)
                        .order_by(Node.leased_until)
                        .limit(1)
                    )
                    row = connection.execute(expired).first()
                    lease = {"holder": self._holder, "leased_until": now + LEASE}
                    if row is not None:
                        free = or_(Node.leased_until == row.leased_until, Node.leased_until < now - _GRACE)
                        taken = connection.execute(update(Node).where(Node.node == row.node, free).values(**lease))
                        if taken.rowcount:
                            return int(row.node)
                        continue
                    highest = connection.execute(select(Node.node).order_by(Node.node.desc()).limit(1)).scalar()
                    node = 0 if highest is None else highest + 1
                    if node >= identity.NODES:
                        raise RuntimeError(f"all {identity.NODES} node numbers are leased; see table kit_node")
                    connection.execute(Node.__table__.insert().values(node=node, **lease))  # type: ignore[attr-defined]  # a mapped class has a Table, typed as any FromClause
                    return node
            except IntegrityError:
                continue  # somebody else took that number in the same moment: look again
        raise RuntimeError("could not lease a node number; see table kit_node")


def _new_holder() -> str:
    # Containers repeat host names and process ids: who overslept must not renew a number that another one took over.
    return f"{socket.gethostname()[:90]}:{os.getpid()}:{secrets.token_hex(8)}"


lease = NodeLease()
