"""What was told long ago is forgotten; what is still to be sent never is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from backend.notification import facade
from backend.notification.domain.delivery import Channel, Delivery, Kind
from backend.notification.domain.notice import Notice, NoticeKind
from backend.notification.domain.trying import DeliveryState, Trying
from conf.settings import BadSetting, load_settings
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.event.sweep import KEEP_HANDLED
from kit.service.transaction import in_transaction
from tests.factories.notification import KEEP, Desk
from tests.support.fresh import fresh_session

NOW = utc_now()
OLD, YOUNG = NOW - KEEP - timedelta(seconds=1), NOW - KEEP + timedelta(seconds=1)


def make(name: str, state: DeliveryState, at: datetime) -> None:
    """A message to a buyer and a notice to staff, both booked and ended at the same time."""
    words = dict.fromkeys(("who", "zh", "en", "title"), "x")
    reference = f"approval_request:{name}"
    both: list[Trying] = [
        Delivery.book(Kind.ORDER_PAID, Channel.WECHAT, order_no=name, recipient_id=7, at=at),
        Notice.book(NoticeKind.APPROVAL_GRANTED, staff_id=7, occasion=name, reference=reference, words=words, at=at),
    ]
    for one in both:
        if state is not DeliveryState.PENDING:
            one.take_answer(state, "", at=at)
    in_transaction(lambda: db.session.add_all(both))


def left() -> tuple[set[str], set[str]]:
    fresh_session()
    orders = set(db.session.scalars(select(Delivery.order_no)))
    notices = {reference.partition(":")[2] for reference in db.session.scalars(select(Notice.reference))}
    return orders, notices


def test_what_ended_long_ago_goes_and_what_waits_stays(desk: Desk) -> None:
    for state in (DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.FAILED, DeliveryState.SKIPPED):
        make(f"old-{state.value}", state, OLD)
        make(f"young-{state.value}", state, YOUNG)
    make("old-waiting", DeliveryState.PENDING, OLD)
    assert facade.sweep(now=NOW) == 8
    kept = {"young-sent", "young-refused", "young-failed", "young-skipped", "old-waiting"}
    assert left() == (kept, kept)
    assert facade.sweep(now=NOW) == 0


def test_nothing_is_told_twice_because_it_was_forgotten() -> None:
    """A fact that comes again is known to the inbox for less long than what it led to is kept."""
    with pytest.raises(BadSetting, match="KEEP_NOTIFICATIONS_DAYS"):
        load_settings({"KEEP_NOTIFICATIONS_DAYS": str(KEEP_HANDLED.days - 1)})
