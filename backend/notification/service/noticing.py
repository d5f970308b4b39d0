"""Something happened to a request for approval: whoever it concerns is told, once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from backend.approval import facade as approval
from backend.approval.facade import RequestCard
from backend.notification.domain.fitting import one_line, shortened
from backend.notification.domain.notice import NoticeKind
from backend.notification.repository.notice import NoticeRepository
from backend.notification.service.telling import Telling
from kit.service.transaction import transactional

# Together with a name and an action within the 400 characters of a notice: what was said is never cut away unseen.
MAX_TITLE = 80
MAX_SAID = 160


class Noticing:
    """Events may repeat and overtake each other: who is told follows from how the request is now."""

    def __init__(self, notices: NoticeRepository, telling: Telling) -> None:
        self.notices = notices
        self.telling = telling

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
    def tell_comment(self, comment_id: int) -> None:
        """The requester's reaches who may decide at this moment, anybody else's the requester."""
        said = approval.comment(comment_id=comment_id)
        card = approval.card(request_id=said.request_id)
        others = [] if card.requester_id is None else [card.requester_id]
        self.telling.tell(
            NoticeKind.APPROVAL_COMMENTED,
            card.deciders if said.author_id == card.requester_id else others,
            occasion=f"{card.id}:{comment_id}",
            reference=_reference(card),
            words=_words(card)
            | {
                "who": said.author_name,
                "title": shortened(one_line(card.title), MAX_TITLE),
                "text": shortened(one_line(said.text), MAX_SAID),
            },
        )

    @transactional
    def read(self, notice_id: int, *, staff_id: int, now: datetime) -> None:
        """Raises `NoticeNotFound`."""
        self.notices.read(notice_id, staff_id=staff_id, at=now)

    @transactional
    def read_all(self, *, staff_id: int, now: datetime) -> int:
        """Returns how many were unread."""
        return self.notices.read_all(staff_id=staff_id, at=now)

    def _tell(self, kind: NoticeKind, card: RequestCard, staff_ids: Collection[int]) -> None:
        occasion = f"{card.id}:{card.step}"
        self.telling.tell(kind, staff_ids, occasion=occasion, reference=_reference(card), words=_words(card))


def _reference(card: RequestCard) -> str:
    return f"approval_request:{card.id}"


def _words(card: RequestCard) -> dict[str, str]:
    who = card.requester_name or "system"
    return {"who": who, "zh": card.action_zh, "en": card.action_en, "title": one_line(card.title)}
