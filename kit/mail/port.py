"""What the shop needs of the post."""

from __future__ import annotations

from typing import Protocol

from kit.mail.message import Mail


class MailDeferred(Exception):
    """For certain not accepted, and may be later: no connection, a full mailbox, greylisting."""


class MailRefused(Exception):
    """For certain not accepted, and never will be: no such recipient, too large, not configured."""


class MailOutcomeUnknown(Exception):
    """The connection broke after the text was handed over: it may have been accepted."""


class Mailer(Protocol):
    """Hands mails to the post. No transaction may be open."""

    @property
    def configured(self) -> bool:
        """False when no mail can be sent at all."""

    def send(self, mail: Mail) -> None:
        """Returns once the server has accepted. Raises `MailDeferred`, `MailRefused` or `MailOutcomeUnknown`."""
