"""Stands where no mail server is configured."""

from __future__ import annotations

from kit.mail.message import Mail
from kit.mail.port import MailRefused


class NullMailer:
    """Refuses every mail: nobody shall believe that one was sent."""

    configured = False

    def send(self, mail: Mail) -> None:
        """Raises `MailRefused`."""
        raise MailRefused("no mail server is configured: set MAIL_HOST")
