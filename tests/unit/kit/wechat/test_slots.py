"""A hung WeChat takes a bounded number of threads."""

from __future__ import annotations

import threading

import pytest

from kit.wechat.slots import NoSlot, VendorSlots


def test_as_many_calls_as_slots_run_and_the_next_is_refused() -> None:
    slots = VendorSlots(2, patience_seconds=0.01)
    with slots.slot(), slots.slot(), pytest.raises(NoSlot), slots.slot():
        pass


def test_a_slot_is_free_again_after_the_call_also_when_it_failed() -> None:
    slots = VendorSlots(1, patience_seconds=0.01)
    with pytest.raises(ValueError, match="planted"), slots.slot():
        raise ValueError("planted")
    with slots.slot():
        pass


def test_a_waiting_call_gets_the_slot_that_becomes_free_in_time() -> None:
    slots = VendorSlots(1, patience_seconds=5)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with slots.slot():
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(5)
    leave.set()
    with slots.slot():
        pass
    thread.join(5)
