"""Faults on order: each rule strikes the next `times` requests (or callbacks) whose subject starts with `prefix`."""

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

REQUEST_FAULTS = (
    "5xx",  # not handled; `status` 500 is WeChat's SYSTEM_ERROR, 502/503/504 a gateway's unsigned page
    "refuse",  # not handled; the pay v3 error `code`
    "errcode",  # not handled; the mini-program error `errcode`
    "slow",  # handled, answered `seconds` later
    "drop_before",  # not handled, connection closed
    "drop_after_accept",  # handled, connection closed without an answer
    "wrong_signature",  # handled, the answer's signature does not verify
    "signtest",  # handled, the answer's signature starts with WECHATPAY/SIGNTEST/
)
# These befall a callback as a whole …
CALLBACK_FATES = ("lost", "late", "duplicate", "reordered")
# … and these one delivery attempt; the honest one follows on the retry schedule.
ATTEMPT_FAULTS = ("wrong_signature", "signtest", "stale_timestamp", "unknown_serial", "junk_body")


@dataclass
class Rule:
    """`prefix` matches a request's path or a callback's event type; `times` None means until cleared."""

    fault: str
    prefix: str = ""
    times: int | None = 1
    method: str = ""
    seconds: float = 1.0
    status: int = 500
    code: str = "SYSTEM_ERROR"
    errcode: int = -1
    copies: int = 2


class Weather:
    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = Lock()

    def add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.append(rule)

    def take(self, subject: str, among: Collection[str], method: str = "") -> Rule | None:
        """The oldest rule that fits, used up by one."""
        with self._lock:
            for rule in self._rules:
                fits = rule.fault in among and subject.startswith(rule.prefix) and rule.method in ("", method)
                if fits and rule.times != 0:
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule
            return None

    def rules(self) -> list[Rule]:
        with self._lock:
            return [rule for rule in self._rules if rule.times != 0]

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()
