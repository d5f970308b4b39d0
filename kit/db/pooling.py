"""What a pooled MySQL connection costs at every checkout and return: nothing, when nothing is in doubt.

SQLAlchemy's own way pings at every checkout and rolls back at every return: 6 of the 24 round trips of an order.
"""

from __future__ import annotations

import time
from typing import Any

from pymysql.constants.SERVER_STATUS import SERVER_STATUS_IN_TRANS
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

PING_AFTER_SECONDS = 1.0
"""Idle for longer than this, a connection may have been cut: a server takes longer than that to restart."""

_RETURNED = "qiyuan.returned_at"


def listen_to_mysql_pool(engine: Engine) -> None:
    """Ping idle connections at checkout, roll back open transactions at return. Does nothing on other databases.

    Needs ``pool_reset_on_return=None`` and no ``pool_pre_ping``: see `kit.db.extension.engine_options`.
    """
    if engine.dialect.name != "mysql":
        return

    def check_out(connection: Any, record: Any, _fairy: Any) -> None:
        if time.monotonic() - record.info.get(_RETURNED, time.monotonic()) > PING_AFTER_SECONDS:
            _ping(connection)

    event.listen(engine, "checkout", check_out)
    event.listen(engine, "checkin", _check_in)
    event.listen(engine, "reset", _reset)


def _ping(connection: Any) -> None:
    try:
        connection.ping(reconnect=False)
    except Exception as error:
        # All that were connected before are as dead as this one: the pool starts anew.
        raise InvalidatePoolError from error


def _check_in(_connection: Any, record: Any) -> None:
    record.info[_RETURNED] = time.monotonic()


def _reset(connection: Any, _record: Any, state: Any) -> None:
    # The server says with every answer whether a transaction is open. An error says nothing, but SQLAlchemy's own
    # connections roll back after one (`transaction_was_reset`), and nobody here uses the driver's directly.
    if not state.transaction_was_reset and connection.server_status & SERVER_STATUS_IN_TRANS:
        connection.rollback()
