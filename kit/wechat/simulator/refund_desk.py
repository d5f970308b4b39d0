"""Takes refund requests and brings them to an end, by the clock or by the control API."""

from functools import partial
from typing import Any

from kit.wechat.simulator.books import Books, RefundRule
from kit.wechat.simulator.errors import ControlError, PayError
from kit.wechat.simulator.notifier import Notifier
from kit.wechat.simulator.refunds import FINAL, Refund
from kit.wechat.simulator.timetable import Timetable


class RefundDesk:
    def __init__(self, *, books: Books, notifier: Notifier, timetable: Timetable, default: RefundRule) -> None:
        self._books = books
        self._notifier = notifier
        self._timetable = timetable
        self._default = default
        self.rule = default

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._books.lock:
            refund, new = self._books.refund(body)
            answer = refund.answer()
        if new and self.rule.delay is not None:
            self._timetable.after(self.rule.delay, partial(self._finish_if_open, refund, self.rule.state))
        return answer

    def query(self, out_refund_no: str) -> dict[str, Any]:
        with self._books.lock:
            refund = self._books.find_refund(out_refund_no)
            if refund is None:
                raise PayError("RESOURCE_NOT_EXISTS", "退款单不存在")
            return refund.answer()

    def finish(self, out_refund_no: str, state: str) -> dict[str, Any]:
        refund = self._books.find_refund(out_refund_no)
        if refund is None:
            raise ControlError(f"no refund {out_refund_no}", 404)
        with self._books.lock:
            refund.finish(state, self._books.clock())
            answer, resource = refund.answer(), refund.resource()
        if refund.notify_url:
            self._notifier.send(f"REFUND.{state}", subject=out_refund_no, url=refund.notify_url, resource=resource)
        return answer

    def set_rule(self, rule: RefundRule) -> None:
        if rule.state not in FINAL:
            raise ControlError(f"a refund ends as one of {', '.join(FINAL)}")
        self.rule = rule

    def reset(self) -> None:
        self.rule = self._default

    def _finish_if_open(self, refund: Refund, state: str) -> None:
        with self._books.lock:
            known = self._books.find_refund(refund.out_refund_no) is refund
            if known and refund.status == "PROCESSING":
                self.finish(refund.out_refund_no, state)
