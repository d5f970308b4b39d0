"""A mail and its attachments. What could smuggle a header in cannot be made into one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

# No quoted local parts, no address literals, no internationalised names: rare, and where injections hide.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_LOCAL}@(?=.{{1,253}}\Z)(?:{_LABEL}\.)+{_TOP}\Z")
_LONGEST_ADDRESS = 254  # RFC 5321, errata 1690
_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SEVEN_BIT = SMTP.clone(cte_type="7bit")


class UnsafeMail(ValueError):
    """An address that is none, or a header text with control characters or line breaks."""


def is_address(text: str) -> bool:
    """True for exactly one plain ASCII address, e.g. ``lin.xiaoman+shop@example.cn``."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.match(text) is not None


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file on a mail; `mimetype` as ``text/csv``."""

    filename: str
    mimetype: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Plain text to one recipient. The same `reference` is the same mail: it makes the Message-ID.

    Raises `UnsafeMail`.
    """

    to: str
    subject: str
    text: str
    reference: str
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if not is_address(self.to):
            raise UnsafeMail("the recipient is not an address")
        for header in (self.subject, self.reference, *(item.filename for item in self.attachments)):
            if _BREAKING.search(header):
                raise UnsafeMail("a header with control characters or line breaks")

    def as_bytes(self, *, sender: str, sender_name: str, at: datetime) -> bytes:
        """The message as it goes over the wire: seven bits, CRLF."""
        message = EmailMessage(policy=_SEVEN_BIT)
        message["From"] = Address(sender_name, addr_spec=sender)
        message["To"] = Address(addr_spec=self.to)
        message["Subject"] = self.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{self.reference}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text, cte="base64")
        for item in self.attachments:
            main, _, sub = item.mimetype.partition("/")
            message.add_attachment(item.content, maintype=main, subtype=sub, filename=item.filename)
        return message.as_bytes()
