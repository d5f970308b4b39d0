"""Something happened to a request for approval: whoever it concerns is told, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from backend.approval import facade as approval
from backend.approval.facade import RequestCard
from backend.notification.domain.fitting import one_line
from backend.notification.domain.notice import Notice, NoticeKind
from backend.notification.domain.trying import DeliveryState
from backend.notification.repository.notice import NoticeRepository
from backend.user import facade as user
from kit.domain.clock import utc_now
from kit.event.outbox import enqueue
from kit.mail.port import Mailer
from kit.service.transaction import transactional

MAIL = "notification.mail_notice"


class Noticing:
    """Events may repeat and overtake each other: who is told follows from how the request is now."""

    def __init__(self, notices: NoticeRepository, mailer: Mailer, clock: Callable[[], datetime] = utc_now) -> None:
        self.notices = notices
        self.mailer = mailer
        self.clock = clock

    @transactional
    def ask_deciders(self, request_id: int, step: int) -> None:
        """Who may decide at this step; nobody, when it has been decided meanwhile."""
        card = approval.card(request_id=request_id)
        if card.step == step:
            self._tell(NoticeKind.APPROVAL_REQUESTED, card, card.deciders)

    @transactional
    def tell_requester(self, kind: NoticeKind, request_id: int) -> None:
        """How it ended."""
        card = approval.card(request_id=request_id)
        self._tell(kind, card, [] if card.requester_id is None else [card.requester_id])

    @transactional
    def tell_asked(self, kind: NoticeKind, request_id: int) -> None:
        """That it is over, to everybody who was asked to decide."""
        card = approval.card(request_id=request_id)
        asked = self.notices.told(_reference(card), NoticeKind.APPROVAL_REQUESTED)
        self._tell(kind, card, sorted(asked))

    @transactional
    def read(self, notice_id: int, *, staff_id: int, now: datetime) -> None:
        """Raises `NoticeNotFound`."""
        self.notices.read(notice_id, staff_id=staff_id, at=now)

    @transactional
    def read_all(self, *, staff_id: int, now: datetime) -> int:
        """Returns how many were unread."""
        return self.notices.read_all(staff_id=staff_id, at=now)

    def _tell(self, kind: NoticeKind, card: RequestCard, staff_ids: Iterable[int]) -> None:
        now, words = self.clock(), _words(card)
        people = user.staff(ids=list(staff_ids))
        for staff_id in sorted(people):
            notice = Notice.book(
                kind,
                staff_id=staff_id,
                occasion=f"{card.id}:{card.step}",
                reference=_reference(card),
                words=words,
                at=now,
            )
            why_not = self._no_mail(people[staff_id])
            if why_not:
                notice.take_answer(DeliveryState.SKIPPED, why_not, at=now)
            if self.notices.book(notice) and notice.is_open():
                enqueue(MAIL, notice_id=notice.id)

    def _no_mail(self, person: user.StaffCard) -> str:
        if not self.mailer.configured:
            return "no mail server configured"
        return "" if person.email else "no address known"


def _reference(card: RequestCard) -> str:
    return f"approval_request:{card.id}"


def _words(card: RequestCard) -> dict[str, str]:
    who = card.requester_name or "system"
    return {"who": who, "zh": card.action_zh, "en": card.action_en, "title": one_line(card.title)}
