"""A notice as a mail. A mail whose outcome nobody knows is sent again: it carries the same Message-ID."""

from __future__ import annotations

from collections.abc import Callable

from backend.notification.domain.notice import Notice
from backend.notification.domain.port import NotConfigured, Rejected, TryAgain
from backend.user import facade as user
from kit.mail.message import Mail, UnsafeMail
from kit.mail.port import MailDeferred, Mailer, MailOutcomeUnknown, MailRefused


class Mailing:
    """To the address that is known when it is sent."""

    def __init__(self, mailer: Mailer, *, shop_name: str, public_url: str) -> None:
        self.mailer = mailer
        self.shop_name = shop_name
        self.public_url = public_url

    def prepare(self, notice: Notice) -> Callable[[], None]:
        """The call that sends it. Raises `NotDelivered`."""
        person = user.staff(ids=[notice.staff_id])[notice.staff_id]
        if not person.is_active or person.email is None:
            raise NotConfigured("no address known")
        mail = self._mail(notice, person.email)
        return lambda: self._send(mail)

    def _mail(self, notice: Notice, to: str) -> Mail:
        try:
            return Mail(
                to=to,
                subject=f"{self.shop_name} · {notice.subject}",
                text=f"{notice.zh}\n\n{notice.en}\n\n{self.public_url} · {notice.reference}\n",
                reference=f"notice-{notice.id}",
            )
        except UnsafeMail as error:
            raise Rejected(str(error)) from None

    def _send(self, mail: Mail) -> None:
        try:
            self.mailer.send(mail)
        except (MailDeferred, MailOutcomeUnknown) as error:
            raise TryAgain(str(error)) from None
        except MailRefused as error:
            raise Rejected(str(error)) from None
