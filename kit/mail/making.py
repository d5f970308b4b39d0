"""Chooses the post from plain settings."""

from __future__ import annotations

from typing import Protocol

from kit.mail.null import NullMailer
from kit.mail.port import Mailer
from kit.mail.smtp import SmtpMailer, SmtpServer


class ServerSettings(Protocol):
    """What is known of the server that takes our mail."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def security(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def timeout_seconds(self) -> int: ...


def make_mailer(mail: ServerSettings, *, sender_name: str) -> Mailer:
    """SMTP when a server is named; else one that refuses."""
    if not mail.host:
        return NullMailer()
    server = SmtpServer(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password=mail.password,
        sender=mail.sender,
        sender_name=sender_name,
        seconds=float(mail.timeout_seconds),
    )
    return SmtpMailer(server)
