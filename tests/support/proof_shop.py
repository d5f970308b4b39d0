"""Puts proof tasks and proof events into a shop's outbox, and sees what became of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.support.brokers import waiting_in
from tests.support.processes import until
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

    def tries(self, number: int) -> int:
        """How often the task began."""
        return int(self.shop.value("SELECT COUNT(*) FROM proof_try WHERE number = :number", number=number))

    def rows(self, number: int) -> int:
        """How often its effect is there."""
        return int(self.shop.value("SELECT COUNT(*) FROM proof_row WHERE number = :number", number=number))

    def wait_for_row(self, number: int, *, seconds: float = 20) -> None:
        """Until the effect is there."""
        until(lambda: self.rows(number), seconds=seconds, what=f"row {number}")

    def waiting(self, queue: str) -> int:
        """Messages that are ready in a queue."""
        return waiting_in(self.shop.environment["BROKER_URL"], queue)

    def hurry(self) -> None:
        """Let whatever waits 2, 8, 32, 128 or 512 s for its next attempt be due now."""
        self.shop.execute(_HURRY)

    def dead_letters(self, *arguments: str) -> list[dict[str, Any]]:
        """What `flask queue dead` shows."""
        printed = self.shop.flask("queue", "dead", *arguments)
        return [json.loads(line) for line in printed.splitlines() if line.startswith('{"task"')]

    def _write(
        self, kind: str, name: str, consumer: str | None, request_id: str | None, payloads: list[dict[str, Any]]
    ) -> None:
        shared = {"kind": kind, "name": name, "consumer": consumer, "request_id": request_id}
        now = datetime.now(UTC).replace(tzinfo=None)
        own = [{"id": payload["number"], "payload": json.dumps(payload)} for payload in payloads]
        self.shop.execute(_OUTBOX, *({**shared, "now": now, **row} for row in own))
