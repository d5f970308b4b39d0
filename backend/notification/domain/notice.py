"""Notices (站内通知): what a member of staff is told inside the back office, and by mail where an address is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.notification.domain.trying import DeliveryState, Trying
from kit.db.types import BigId, Code, EnumText, UtcDateTime


class NoticeKind(StrEnum):
    """Which news."""

    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_GRANTED = "approval_granted"
    APPROVAL_REJECTED = "approval_rejected"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    APPROVAL_EXPIRED = "approval_expired"
    APPROVAL_STALE = "approval_stale"
    APPROVAL_COMMENTED = "approval_commented"
    LOW_STOCK = "low_stock"
    OVERSTOCK = "overstock"


# {who} asked (or said {text}), {zh} and {en} name the action, {title} what it is about; or the goods, at {place}.
SENTENCES: Mapping[NoticeKind, tuple[str, str]] = {
    NoticeKind.APPROVAL_REQUESTED: (
        "{who} 提交了“{zh}”：{title}，请您审批",
        "{who} asks you to approve “{en}”: {title}",
    ),
    NoticeKind.APPROVAL_GRANTED: ("“{zh}”已通过并生效：{title}", "Approved and done: “{en}”: {title}"),
    NoticeKind.APPROVAL_REJECTED: ("“{zh}”被驳回：{title}", "Rejected: “{en}”: {title}"),
    NoticeKind.APPROVAL_WITHDRAWN: ("{who} 撤回了“{zh}”：{title}", "{who} withdrew “{en}”: {title}"),
    NoticeKind.APPROVAL_EXPIRED: ("“{zh}”超时未审批，已失效：{title}", "Nobody decided in time on “{en}”: {title}"),
    NoticeKind.APPROVAL_STALE: (
        "“{zh}”的数据已被修改，审批单失效，可重新提交：{title}",
        "Changed meanwhile, so the request is stale and can be resubmitted: “{en}”: {title}",
    ),
    NoticeKind.APPROVAL_COMMENTED: (
        "{who} 评论了“{zh}”（{title}）：{text}",
        "{who} commented on “{en}” ({title}): {text}",
    ),
    NoticeKind.LOW_STOCK: ("{place} 库存不足，请补货：{zh}", "Low stock at {place}, please reorder: {en}"),
    NoticeKind.OVERSTOCK: ("{place} 库存过多，超过上限：{zh}", "Overstock at {place}, above the maximum: {en}"),
}
_SUBJECTS: Mapping[NoticeKind, str] = {
    NoticeKind.APPROVAL_REQUESTED: "待您审批 Approval needed",
    NoticeKind.APPROVAL_GRANTED: "审批已通过 Approved",
    NoticeKind.APPROVAL_REJECTED: "审批被驳回 Rejected",
    NoticeKind.APPROVAL_WITHDRAWN: "申请已撤回 Withdrawn",
    NoticeKind.APPROVAL_EXPIRED: "审批已超时 Expired",
    NoticeKind.APPROVAL_STALE: "审批单已失效 Stale",
    NoticeKind.APPROVAL_COMMENTED: "审批单有新评论 Comment",
    NoticeKind.LOW_STOCK: "库存不足 Low stock",
    NoticeKind.OVERSTOCK: "库存过多 Overstock",
}


class Notice(Trying):
    """The state is that of its mail; the notice itself is read or not. `occasion` happens once for each recipient."""

    __tablename__ = "ntf_notice"
    __table_args__ = (
        UniqueConstraint("staff_id", "occasion"),
        CheckConstraint("(state = 'pending') = (next_try_at IS NOT NULL)", name="pending_is_due"),
        Index("ix_ntf_notice_due", "next_try_at"),
        Index("ix_ntf_notice_finished", "finished_at"),
        Index("ix_ntf_notice_staff", "staff_id", "id"),
        Index("ix_ntf_notice_unread", "staff_id", "read_at", "id"),
        Index("ix_ntf_notice_reference", "reference", "kind"),
    )

    staff_id: Mapped[int] = mapped_column(BigId)
    kind: Mapped[NoticeKind] = mapped_column(EnumText(NoticeKind, "kind"))
    occasion: Mapped[str] = mapped_column(Code(80))
    reference: Mapped[str] = mapped_column(Code(64))
    zh: Mapped[str] = mapped_column(String(400))
    en: Mapped[str] = mapped_column(String(400))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def book(
        cls, kind: NoticeKind, *, staff_id: int, occasion: str, reference: str, words: Mapping[str, str], at: datetime
    ) -> Notice:
        """A new notice whose mail is due at once; `words` fill its sentences."""
        zh, en = (sentence.format(**words)[:400] for sentence in SENTENCES[kind])
        return cls(
            kind=kind,
            staff_id=staff_id,
            occasion=f"{kind.value}:{occasion}",
            reference=reference,
            zh=zh,
            en=en,
            state=DeliveryState.PENDING,
            tries=0,
            next_try_at=at,
            created_at=at,
        )

    @property
    def subject(self) -> str:
        """The mail's; nothing in it comes from people."""
        return _SUBJECTS[self.kind]

    def __str__(self) -> str:
        return f"notice {self.occasion} for staff {self.staff_id}"
