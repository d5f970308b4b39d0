"""Mail over SMTP (RFC 5321) with a time limit on every step."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

from loguru import logger

from kit.domain.clock import utc_now
from kit.mail.message import Mail
from kit.mail.port import MailDeferred, MailOutcomeUnknown, MailRefused
from kit.service.transaction import assert_no_transaction


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where to, as whom. `security`: none, starttls (required, never skipped) or tls. `seconds` for each answer."""

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    sender: str
    sender_name: str
    seconds: float


class SmtpMailer:
    """One connection per mail: few are sent."""

    configured = True

    def __init__(self, server: SmtpServer, *, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """Hand it over; see `Mailer`."""
        assert_no_transaction()
        server = self._server
        content = mail.as_bytes(sender=server.sender, sender_name=server.sender_name, at=utc_now())
        connection = self._connect()
        try:
            self._hand_over(connection, mail.to, content)
        finally:
            # Whatever happens to the farewell, the answer to the text is what counts.
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()
        logger.info("mail {} accepted by {}", mail.reference, server.host)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            connection = self._dial()
        except (smtplib.SMTPException, OSError) as error:
            raise MailDeferred(f"{server.host}:{server.port}: {_reason(error)}") from None
        try:
            if server.security == "starttls":
                connection.starttls(context=self._tls)
            if server.username:
                connection.login(server.username, server.password)
            connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            # A wrong password or certificate is for the operator to mend; the mail itself is fine.
            raise MailDeferred(f"{server.host}:{server.port}: {_reason(error)}") from None
        return connection

    def _dial(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=self._tls)
        return smtplib.SMTP(server.host, server.port, timeout=server.seconds)

    def _hand_over(self, connection: smtplib.SMTP, recipient: str, content: bytes) -> None:
        try:
            _expect(connection.mail(self._server.sender))
            _expect(connection.rcpt(recipient))
        except (smtplib.SMTPException, OSError) as error:
            raise MailDeferred(_reason(error)) from None
        try:
            answer = connection.data(content)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
        except (smtplib.SMTPException, OSError) as error:
            raise MailOutcomeUnknown(_reason(error)) from None
        _expect(answer)


def _expect(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if 200 <= code < 300:
        return
    sentence = f"{code} {words.decode('ascii', 'replace')[:200]}"
    raise MailRefused(sentence) if 500 <= code < 600 else MailDeferred(sentence)


def _reason(error: Exception) -> str:
    """Kind and code, not the text: servers repeat addresses and user names there."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
