"""A buyer wants to pay: commit the attempt, ask WeChat for a prepay_id, commit what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from loguru import logger

from backend.payment.domain.attempt import AttemptState, PaymentAttempt
from backend.payment.domain.error import AttemptNotPayable, ChannelRefused, ChannelUnavailable
from backend.payment.domain.port import ChannelSaysNo, ChannelSilent, PaymentChannel
from backend.payment.repository.attempt import AttemptRepository
from kit.service.transaction import transactional


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be paid, by whom, until when. `number` is the stem of out_trade_no."""

    subject: str
    number: str
    amount_fen: int
    description: str
    payer_openid: str
    expires_at: datetime


class PaymentRequesting:
    """`open` joins the caller's transaction; `parameters` talks to WeChat and must not."""

    def __init__(self, attempts: AttemptRepository, channel: PaymentChannel) -> None:
        self.attempts = attempts
        self.channel = channel

    @transactional
    def open(self, wish: Wish, *, now: datetime) -> tuple[PaymentAttempt, bool]:
        """The live attempt of the subject, or a new one (then True). Raises `AttemptNotPayable`: closing, or paid."""
        for attempt in self.attempts.open_for(wish.subject):
            if not attempt.is_live():
                raise AttemptNotPayable
            return attempt, False
        sequence = self.attempts.last_sequence(wish.subject) + 1
        attempt = PaymentAttempt(
            subject=wish.subject,
            sequence=sequence,
            out_trade_no=f"{wish.number}-{sequence}",
            appid=self.channel.identity.appid,
            mchid=self.channel.identity.mchid,
            payer_openid=wish.payer_openid,
            description=wish.description[:127],
            amount_fen=wish.amount_fen,
            state=AttemptState.CREATED,
            time_expire=wish.expires_at,
            call_started_at=now,
            created_at=now,
            # Should this process die during the call, the janitor finds the attempt.
            next_check_at=now + timedelta(seconds=60),
        )
        return self.attempts.add(attempt), True

    def parameters(self, *, attempt_id: int, now: datetime) -> dict[str, str]:
        """The signed arguments of wx.requestPayment. Asking twice continues with the same number.

        Raises `AttemptNotPayable`, `ChannelUnavailable` or `ChannelRefused`.
        """
        attempt = self._begin(attempt_id, now)
        if attempt.prepay_id is None or not attempt.has_usable_prepay(at=now):
            attempt = self._prepay(attempt, now)
        assert attempt.prepay_id is not None
        return self.channel.payment_parameters(attempt.prepay_id)

    def _prepay(self, attempt: PaymentAttempt, now: datetime) -> PaymentAttempt:
        try:
            prepay_id = self.channel.prepay(
                out_trade_no=attempt.out_trade_no,
                description=attempt.description,
                amount_fen=attempt.amount_fen,
                payer_openid=attempt.payer_openid,
                time_expire=attempt.time_expire,
            )
        except ChannelSilent as silence:
            logger.warning("prepay of {} without answer: {}", attempt.out_trade_no, silence)
            self._lose_answer(attempt.id, now)
            raise ChannelUnavailable from silence
        except ChannelSaysNo as refusal:
            logger.error("prepay of {} refused: {}", attempt.out_trade_no, refusal)
            self._refuse(attempt.id, str(refusal))
            raise ChannelRefused(reason=refusal.code) from refusal
        return self._take(attempt.id, prepay_id, now)

    @transactional
    def _begin(self, attempt_id: int, now: datetime) -> PaymentAttempt:
        attempt = self._get(attempt_id)
        if not attempt.has_usable_prepay(at=now):
            attempt.begin_call(at=now)
        elif not attempt.can_call(at=now):
            raise AttemptNotPayable
        return attempt

    @transactional
    def _take(self, attempt_id: int, prepay_id: str, now: datetime) -> PaymentAttempt:
        attempt = self._get(attempt_id)
        attempt.take_prepay(prepay_id, at=now)
        return attempt

    @transactional
    def _lose_answer(self, attempt_id: int, now: datetime) -> None:
        self._get(attempt_id).lose_answer(at=now)

    @transactional
    def _refuse(self, attempt_id: int, reason: str) -> None:
        self._get(attempt_id).take_refusal(reason)

    def _get(self, attempt_id: int) -> PaymentAttempt:
        attempt = self.attempts.by_id(attempt_id)
        if attempt is None:
            raise AttemptNotPayable
        return attempt
