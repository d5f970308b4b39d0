"""Members of staff are told something: in the back office, and by mail where an address is known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from backend.notification.domain.notice import Notice, NoticeKind
from backend.notification.domain.trying import DeliveryState
from backend.notification.repository.notice import NoticeRepository
from backend.user import facade as user
from kit.domain.clock import utc_now
from kit.event.outbox import enqueue
from kit.mail.port import Mailer

MAIL = "notification.mail_notice"


class Telling:
    """Inside the use case of whoever knows who is to hear what."""

    def __init__(self, notices: NoticeRepository, mailer: Mailer, clock: Callable[[], datetime] = utc_now) -> None:
        self.notices = notices
        self.mailer = mailer
        self.clock = clock

    def tell(
        self, kind: NoticeKind, staff_ids: Collection[int], *, occasion: str, reference: str, words: Mapping[str, str]
    ) -> None:
        """Book a notice for each of them, and its mail; who was told of this occasion before is not told again."""
        now = self.clock()
        people = user.staff(ids=staff_ids)
        for staff_id in sorted(people):
            notice = Notice.book(kind, staff_id=staff_id, occasion=occasion, reference=reference, words=words, at=now)
            why_not = self._no_mail(people[staff_id])
            if why_not:
                notice.take_answer(DeliveryState.SKIPPED, why_not, at=now)
            if self.notices.book(notice) and notice.is_open():
                enqueue(MAIL, notice_id=notice.id)

    def _no_mail(self, person: user.StaffCard) -> str:
        if not self.mailer.configured:
            return "no mail server configured"
        return "" if person.email else "no address known"
