"""A post that keeps every mail, for development and tests. Never in production."""

from __future__ import annotations

from kit.mail.message import Mail
from kit.service.transaction import assert_no_transaction


class MemoryMailer:
    """`sent` has every mail; what is in `failures` is raised first, one for each attempt."""

    configured = True

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.failures: list[Exception] = []

    def send(self, mail: Mail) -> None:
        """Keep it, or raise the next of `failures`."""
        assert_no_transaction()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(mail)
