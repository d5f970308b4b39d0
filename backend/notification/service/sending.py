"""Sends deliveries in three steps: claim and commit; call with no transaction open; commit the outcome.

A try whose outcome nobody knows is repeated. That is safe as far as WeChat allows: it has no key to recognise a
repetition by, but a subscription is used up by one message, so when the first try did arrive the second is answered
43101. Only a buyer who has subscribed to the same template several times could get the message twice; without the
repetition, buyers who asked for a message would get none. Nothing about the order depends on any of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from loguru import logger

from backend.notification.domain.port import NotDelivered, Rejected
from backend.notification.domain.trying import DeliveryState, Trying
from backend.notification.repository.trying import TryingRepository
from kit.service.transaction import transactional

T = TypeVar("T", bound=Trying)

_BATCH = 50
_LOUD = {DeliveryState.FAILED: "ERROR", DeliveryState.PENDING: "WARNING"}


class Sending(Generic[T]):
    """`prepare` turns one of `deliveries` into the call that sends it; it reads, inside a transaction."""

    def __init__(self, deliveries: TryingRepository[T], prepare: Callable[[T], Callable[[], None]]) -> None:
        self.deliveries = deliveries
        self.prepare = prepare

    def send(self, *, delivery_id: int, now: datetime) -> None:
        """One try with this delivery; none when somebody else is at it or it is not due."""
        if self._claim(now, delivery_id) is not None:
            self._try(delivery_id, now)

    def send_due(self, *, now: datetime) -> int:
        """A try with each due delivery, the longest waiting first, until the channel is silent; returns how many.

        Each is claimed right before its try: one that waits behind a slow one is not claimed by somebody else as well.
        """
        started = time.monotonic()
        for count in range(_BATCH):
            moment = now + timedelta(seconds=time.monotonic() - started)
            delivery_id = self._claim(moment, None)
            if delivery_id is None:
                return count
            try:
                if not self._try(delivery_id, moment):
                    return count + 1
            except Exception:
                logger.exception("delivery {} could not be sent; it comes back when its claim expires", delivery_id)
        return _BATCH

    def _try(self, delivery_id: int, now: datetime) -> bool:
        """False when the channel does not answer, or asks to come back later."""
        state, answer = DeliveryState.SENT, ""
        try:
            send = self._prepare(delivery_id)
            send()
        except NotDelivered as failure:
            state, answer = failure.leads_to, str(failure)
        self._write(delivery_id, state, answer, now)
        return state is not DeliveryState.PENDING

    @transactional
    def _claim(self, now: datetime, delivery_id: int | None) -> int | None:
        return self.deliveries.claim(now=now, delivery_id=delivery_id)

    @transactional
    def _prepare(self, delivery_id: int) -> Callable[[], None]:
        delivery = self.deliveries.now(delivery_id)
        assert delivery is not None, "deliveries are never deleted"
        if not delivery.has_tries_left():
            raise Rejected(f"no outcome after {delivery.tries - 1} tries")
        return self.prepare(delivery)

    @transactional
    def _write(self, delivery_id: int, state: DeliveryState, answer: str, now: datetime) -> None:
        delivery = self.deliveries.now(delivery_id)
        assert delivery is not None, "deliveries are never deleted"
        if not delivery.can_take_answer(state):
            logger.warning("delivery {} is {}: too late for {}", delivery_id, delivery.state.value, state.value)
            return
        if state is DeliveryState.REFUSED and delivery.tries > 1:
            answer += "; an earlier try may have arrived"
        delivery.take_answer(state, answer, at=now)
        level = _LOUD.get(delivery.state, "INFO")
        logger.log(level, "{} is {} after {} tries: {}", delivery, delivery.state.value, delivery.tries, answer)
