"""The merchant's side of transfers: accept, answer, cancel; and their way to an end, by clock or control API."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from kit.wechat.simulator.books import Books
from kit.wechat.simulator.errors import ControlError, PayError
from kit.wechat.simulator.keys import Keyring
from kit.wechat.simulator.notifier import Notifier
from kit.wechat.simulator.timetable import Timetable
from kit.wechat.simulator.transfer_rules import check_report, read_name
from kit.wechat.simulator.transfers import CONFIRM_WITHIN, OVERDUE, Transfer


@dataclass
class TransferRule:
    """New transfers start as `first`; a state that only waits for WeChat passes after `delay` seconds (None: never).

    A confirmed transfer ends as `state`, a failed one for `fail_reason`.
    """

    first: str = "WAIT_USER_CONFIRM"
    delay: float | None = 0.2
    state: str = "SUCCESS"
    fail_reason: str = "PAYEE_ACCOUNT_ABNORMAL"


class TransferDesk:
    def __init__(self, *, keyring: Keyring, books: Books, notifier: Notifier, timetable: Timetable) -> None:
        self._keyring = keyring
        self._books = books
        self._notifier = notifier
        self._timetable = timetable
        self._transfers: dict[str, Transfer] = {}
        self.rule = TransferRule()

    def request(self, body: dict[str, Any], serial: str) -> dict[str, Any]:
        """`serial` names the key that the receiver's name is encrypted for."""
        with self._books.lock:
            user = self._books.payee(body)
            check_report(body)
            name = read_name(body, self._keyring, serial)
            known = self.find(body["out_bill_no"])
            if known is not None:
                if plain(known.body) != plain(body):
                    raise PayError("INVALID_REQUEST", "商户单号已存在且请求参数与原请求不一致", field="/out_bill_no")
                return known.receipt()
            now, mchid = self._books.clock(), self._keyring.identity.mchid
            transfer = self._transfers[body["out_bill_no"]] = Transfer.accepted(body, mchid, self.rule.first, now)
            if name and user.real_name and name != user.real_name:
                transfer.state = "ACCEPTED"
                self.advance(transfer, "FAIL", "NAME_NOT_CORRECT")
            elif transfer.state != "WAIT_USER_CONFIRM":
                self.later(transfer, "WAIT_USER_CONFIRM")
            self._timetable.after(CONFIRM_WITHIN.total_seconds(), partial(self.find, transfer.out_bill_no))
            return transfer.receipt()

    def query(self, *, out_bill_no: str = "", transfer_bill_no: str = "") -> dict[str, Any]:
        with self._books.lock:
            return self._known(out_bill_no, transfer_bill_no).answer()

    def cancel(self, out_bill_no: str) -> dict[str, Any]:
        with self._books.lock:
            transfer = self._known(out_bill_no)
            if transfer.state not in ("CANCELING", "CANCELLED"):
                if not transfer.can_cancel:
                    raise PayError("INVALID_REQUEST", "当前转账单状态不允许撤销")
                self.advance(transfer, "CANCELING")
                self.later(transfer, "CANCELLED")
            return transfer.cancellation()

    def find(self, out_bill_no: str) -> Transfer | None:
        """Whoever looks after 24 hours sees an unconfirmed transfer failed."""
        with self._books.lock:
            transfer = self._transfers.get(out_bill_no)
            if transfer is not None and transfer.overdue(self._books.clock()):
                self.advance(transfer, "FAIL", OVERDUE)
            return transfer

    def all(self) -> list[Transfer]:
        with self._books.lock:
            return [transfer for number in list(self._transfers) if (transfer := self.find(number))]

    def play(self, out_bill_no: str, state: str, fail_reason: str) -> dict[str, Any]:
        """The control API moves a transfer on."""
        with self._books.lock:
            transfer = self.find(out_bill_no)
            if transfer is None:
                raise ControlError(f"no transfer {out_bill_no}", 404)
            self.advance(transfer, state, fail_reason or self.rule.fail_reason)
            return transfer.answer()

    def advance(self, transfer: Transfer, state: str, fail_reason: str = "") -> None:
        transfer.move(state, self._books.clock(), fail_reason)
        url = transfer.body.get("notify_url")
        if transfer.finished and url:
            self._notifier.send(
                "MCHTRANSFER.BILL.FINISHED", subject=transfer.out_bill_no, url=url, resource=transfer.resource()
            )

    def later(self, transfer: Transfer, state: str, fail_reason: str = "") -> None:
        if self.rule.delay is not None:
            step = partial(self._step, transfer, transfer.state, state, fail_reason)
            self._timetable.after(self.rule.delay, step)

    def reset(self) -> None:
        self._transfers.clear()
        self.rule = TransferRule()

    def _step(self, transfer: Transfer, since: str, state: str, fail_reason: str) -> None:
        with self._books.lock:
            if self.find(transfer.out_bill_no) is transfer and transfer.state == since:
                self.advance(transfer, state, fail_reason)

    def _known(self, out_bill_no: str, transfer_bill_no: str = "") -> Transfer:
        named = (item.out_bill_no for item in self._transfers.values() if item.transfer_bill_no == transfer_bill_no)
        transfer = self.find(out_bill_no or next(named, ""))
        if transfer is None:
            raise PayError("NOT_FOUND", "转账单不存在")
        return transfer


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Without the name, which is encrypted anew in every request."""
    return {name: value for name, value in body.items() if name != "user_name"}
