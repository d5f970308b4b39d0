"""The requests WeChat has seen, without queries and headers: those hold secrets."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Entry:
    """`code` is WeChat's code or errcode of a refusal; `fault` the weather that struck."""

    at: str
    method: str
    path: str
    status: int
    code: str = ""
    fault: str = ""
    body: Any = None


class Journal:
    def __init__(self, longest: int = 10_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=longest)
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def write(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)
            self._counts[f"{entry.method} {entry.path}"] += 1

    def entries(self, prefix: str = "") -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.path.startswith(prefix)]

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._counts.clear()
