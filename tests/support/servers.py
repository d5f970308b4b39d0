"""Which real servers this run has; `scripts/services env` names them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Servers:
    """Addresses, None where a server is absent."""

    database_url: str | None
    redis_url: str | None
    broker_url: str | None
    rabbitmqctl: str | None

    def redis_for(self, worker_id: str) -> str:
        """One Redis index per worker; a stand-in without a server."""
        if self.redis_url is None:
            return "memory://"
        number = int(worker_id.removeprefix("gw")) + 1 if worker_id.startswith("gw") else 0
        return f"{self.redis_url.rstrip('/')}/{number}"


@cache
def find_servers() -> Servers:
    """Read the environment. With REQUIRE_SERVICES=1 nothing may be missing."""
    names = ("TEST_DATABASE_URL", "TEST_REDIS_URL", "TEST_BROKER_URL")
    missing = [name for name in names if not os.environ.get(name)]
    if missing and os.environ.get("REQUIRE_SERVICES") == "1":
        raise RuntimeError(f"REQUIRE_SERVICES=1, but these are not set: {', '.join(missing)}; see scripts/services")
    return Servers(*(os.environ.get(name) or None for name in (*names, "TEST_RABBITMQCTL")))
