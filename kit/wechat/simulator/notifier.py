"""Delivers callbacks: 200 or 204 within 5 seconds counts, everything else is tried again on WeChat's schedule."""

from functools import partial
from threading import Lock
from typing import Any

import requests

from kit.wechat.simulator.clock import Clock, rfc3339
from kit.wechat.simulator.errors import ControlError
from kit.wechat.simulator.notices import Attempt, Notice, compose
from kit.wechat.simulator.signature import Signer
from kit.wechat.simulator.timetable import Timetable
from kit.wechat.simulator.weather import ATTEMPT_FAULTS, CALLBACK_FATES, Weather

RETRY_SECONDS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
TIME_LIMIT_SECONDS = 5
JUNK = b'{"id": "not quite JSON'


class Notifier:
    """`retry_scale` multiplies every waiting time of the schedule: 0.001 turns 15 seconds into 15 milliseconds."""

    def __init__(
        self, *, signer: Signer, timetable: Timetable, weather: Weather, clock: Clock, retry_scale: float
    ) -> None:
        self._signer = signer
        self._timetable = timetable
        self._weather = weather
        self._clock = clock
        self._retry_scale = retry_scale
        self._notices: dict[str, Notice] = {}
        self._held: list[Notice] = []
        self._lock = Lock()

    def send(self, event_type: str, *, subject: str, url: str, resource: dict[str, Any]) -> None:
        key = self._signer.keyring.identity.apiv3_key
        notice = compose(event_type, subject, url, resource, key=key, clock=self._clock)
        with self._lock:
            self._notices[notice.id] = notice
        rule = self._weather.take(event_type, CALLBACK_FATES)
        fate = rule.fault if rule else ""
        if fate == "lost":
            notice.status = "lost"
        elif fate == "reordered":
            self._hold(notice)
        elif rule and fate == "late":
            self._later(rule.seconds, notice)
        else:
            self._later(0, notice)
            for _ in range(1, rule.copies if rule and fate == "duplicate" else 1):
                self._timetable.after(0, partial(self._deliver, notice))

    def resend(self, notice_id: str) -> None:
        """One more delivery, whatever became of the notice."""
        notice = self._notices.get(notice_id)
        if notice is None:
            raise ControlError(f"no callback {notice_id}", 404)
        self._timetable.after(0, partial(self._deliver, notice))

    def deliveries(self) -> list[dict[str, Any]]:
        with self._lock:
            return [notice.summary() for notice in self._notices.values()]

    def release_held(self) -> None:
        """Reordered callbacks go out once a later one has been tried, or when the weather clears."""
        with self._lock:
            held, self._held = self._held, []
        for notice in held:
            notice.status = "pending"
            self._later(0, notice)

    def clear(self) -> None:
        with self._lock:
            self._notices.clear()
            self._held.clear()

    def _hold(self, notice: Notice) -> None:
        with self._lock:
            notice.status = "held"
            self._held.append(notice)

    def _later(self, seconds: float, notice: Notice, tried: int = 0) -> None:
        self._timetable.after(seconds, partial(self._try, notice, tried))

    def _try(self, notice: Notice, tried: int) -> None:
        delivered = self._deliver(notice)
        self.release_held()
        if delivered:
            return
        with self._lock:
            if notice.status == "received":
                return
            retries_left = tried < len(RETRY_SECONDS)
            notice.status = "retrying" if retries_left else "given_up"
        if retries_left:
            self._later(RETRY_SECONDS[tried] * self._retry_scale, notice, tried + 1)

    def _deliver(self, notice: Notice) -> bool:
        """A spoiled delivery that the shop takes for real is noted and does not count: the honest one still comes."""
        if notice.id not in self._notices:
            # The books were reset while this delivery waited for a free worker.
            return True
        rule = self._weather.take(notice.event_type, ATTEMPT_FAULTS)
        fault = rule.fault if rule else ""
        body = JUNK if fault == "junk_body" else notice.body
        headers = self._signer.headers(body, use="callbacks", fault=fault)
        status = post(notice.url, body, headers)
        accepted = status in (200, 204)
        outcome = "unreachable" if not status else "refused" if not accepted else "received"
        if accepted and fault:
            outcome = "forgery_accepted"
        with self._lock:
            notice.attempts.append(Attempt(rfc3339(self._clock()), outcome, status, fault))
            if outcome == "received":
                notice.status = "received"
        return outcome == "received"


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The HTTP status, or 0 if there was none in time."""
    with requests.Session() as session:
        # A proxy from the environment would send the shop's callbacks astray.
        session.trust_env = False
        try:
            response = session.post(
                url,
                data=body,
                headers=headers | {"Content-Type": "application/json", "User-Agent": "Mozilla/4.0"},
                timeout=TIME_LIMIT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        return response.status_code
