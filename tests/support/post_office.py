"""A real SMTP server for tests: it takes mails, or refuses them as it is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from kit.mail.smtp import SmtpServer

USER, PASSWORD = "shop", "correct horse"


@dataclass
class PostOffice:
    """What arrived. `answers` are given instead of taking a mail, one for each; `rcpt_answer` to every recipient."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    rcpt_answer: str = ""
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Envelope, to: str, _options: Any) -> str:
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 taken"

    @property
    def mails(self) -> list[EmailMessage]:
        """Parsed."""
        contents = (cast(bytes, envelope.content) for envelope in self.envelopes)
        return [cast(EmailMessage, message_from_bytes(content, policy=default)) for content in contents]

    def server(self, **over: Any) -> SmtpServer:
        """How to reach it."""
        settings: dict[str, Any] = {
            "host": "localhost",
            "port": self.port,
            "security": "none",
            "username": "",
            "password": "",
            "sender": "shop@example.cn",
            "sender_name": "起源小店",
            "seconds": 5.0,
        }
        return SmtpServer(**settings | over)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def post_office(tls: ssl.SSLContext | None = None, *, login: bool = False) -> Iterator[PostOffice]:
    """Open while the block lasts; with `tls` it offers STARTTLS, with `login` it wants USER and PASSWORD."""
    office = PostOffice(free_port())

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, offered: Any) -> AuthResult:
        fits = isinstance(offered, LoginPassword) and offered == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits)

    options: dict[str, Any] = {"tls_context": tls}
    if login:
        options |= {"authenticator": check, "auth_required": True}
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
