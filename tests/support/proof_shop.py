"""Puts proof tasks and proof events into a shop's outbox, and sees what became of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, text

from tests.support.brokers import look_into, waiting_in
from tests.support.processes import Child, until
from tests.support.shop import Shop

_OUTBOX = """
INSERT INTO kit_outbox
    (id, event_id, kind, name, event_version, consumer, payload, occurred_at, request_id, attempt, due_at)
VALUES (:id, :id, :kind, :name, 1, :consumer, :payload, :now, :request_id, 0, :now)
"""
# Not what a relay has claimed: that is due again 60 s later.
_HURRY = """
UPDATE kit_outbox SET due_at = UTC_TIMESTAMP(3)
WHERE delivered_at IS NULL AND attempt > 0
  AND ROUND(TIMESTAMPDIFF(MICROSECOND, occurred_at, due_at) / 1000000) IN (2, 8, 32, 128, 512)
"""
# What proof_worker writes to.
_TABLES = (
    "CREATE TABLE proof_try (number BIGINT, pid INT, connection_id BIGINT)",
    "CREATE TABLE proof_row (id BIGINT PRIMARY KEY, number BIGINT)",
)
_numbers = itertools.count(1)


class ProofShop:
    """`ask` and `tell` return the number that the tasks leave behind."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        for table in _TABLES:
            shop.execute(table)

    def ask(self, task: str, *, request_id: str | None = None, **arguments: Any) -> int:
        """Request a task, as `enqueue` does."""
        (number,) = self.ask_many(task, 1, request_id=request_id, **arguments)
        return number

    def ask_many(self, task: str, count: int, *, request_id: str | None = None, **arguments: Any) -> Sequence[int]:
        """Request it `count` times."""
        numbers = [next(_numbers) for _ in range(count)]
        self._write("task", f"tests.proof.{task}", None, request_id, [{"number": n, **arguments} for n in numbers])
        return numbers

    def tell(self, *, dies: bool = False) -> int:
        """Let the event happen that the proof consumer reacts to."""
        number = next(_numbers)
        self._write("event", "tests.proof_happened", "tests.proof", None, [{"number": number, "dies": dies}])
        return number

    def tries(self, *numbers: int) -> int:
        """How often the tasks began."""
        return self._count("proof_try", numbers)

    def rows(self, *numbers: int) -> int:
        """How often their effect is there."""
        return self._count("proof_row", numbers)

    def wait_for_rows(self, *numbers: int, seconds: float = 20) -> None:
        """Until every effect is there."""
        until(lambda: self.rows(*numbers) >= len(numbers), seconds=seconds, what=f"rows of {numbers}")

    def connections_of(self, process: Child) -> set[int]:
        """CONNECTION_ID() of what a process itself did, not its children."""
        found = self.shop.rows("SELECT connection_id FROM proof_try WHERE number = 0 AND pid = :pid", pid=process.pid)
        return {row["connection_id"] for row in found}

    def connections_of_tasks(self, numbers: Sequence[int]) -> set[int]:
        """CONNECTION_ID() of what was done for them."""
        query = "SELECT DISTINCT connection_id FROM proof_try WHERE number BETWEEN :first AND :last"
        return {row["connection_id"] for row in self.shop.rows(query, first=numbers[0], last=numbers[-1])}

    def waiting(self, queue: str) -> int:
        """Messages that are ready in a queue."""
        return waiting_in(self.shop.environment["BROKER_URL"], queue)

    def hurry(self) -> None:
        """Let whatever waits 2, 8, 32, 128 or 512 s for its next attempt be due now."""
        self.shop.execute(_HURRY)

    def dead(self) -> list[str]:
        """The tasks of all dead letters, without the prefix."""
        found = look_into(self.shop.environment["BROKER_URL"], "qiyuan.dead")
        return [str(headers["task"]).removeprefix("tests.proof.") for headers in found]

    def wait_until_dead(self, task: str, *, seconds: float = 20) -> None:
        """Until there is a dead letter of this task."""
        until(lambda: task in self.dead(), seconds=seconds, what=f"a dead letter of {task}")

    def dead_letters(self, *arguments: str) -> list[dict[str, Any]]:
        """What `flask queue dead` shows."""
        printed = self.shop.flask("queue", "dead", *arguments)
        return [json.loads(line) for line in printed.splitlines() if line.startswith('{"task"')]

    def _count(self, table: str, numbers: Sequence[int]) -> int:
        query = text(f"SELECT COUNT(*) FROM {table} WHERE number IN :numbers")
        with self.shop.engine.connect() as connection:
            found = connection.execute(query.bindparams(bindparam("numbers", expanding=True)), {"numbers": numbers})
            return int(found.scalar_one())

    def _write(
        self, kind: str, name: str, consumer: str | None, request_id: str | None, payloads: list[dict[str, Any]]
    ) -> None:
        shared = {"kind": kind, "name": name, "consumer": consumer, "request_id": request_id}
        now = datetime.now(UTC).replace(tzinfo=None)
        own = [{"id": payload["number"], "payload": json.dumps(payload)} for payload in payloads]
        self.shop.execute(_OUTBOX, *({**shared, "now": now, **row} for row in own))
