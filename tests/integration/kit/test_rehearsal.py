"""A change is tried and taken back: what it is refused for is known, and nothing else is left of it."""

from __future__ import annotations

import pytest
from flask import Flask

from kit.db.error import RunAgain
from kit.db.extension import db
from kit.domain.error import Conflict
from kit.service.transaction import TransactionOpen, after_commit, in_transaction, rehearse
from tests.integration.kit.rows import add_one, on_hand, stocked


class Refused(Conflict):
    """A use case says no."""

    code = "tests.refused"
    zh = "不行"
    en = "No"


def test_a_rehearsal_leaves_neither_rows_nor_hooks(app: Flask) -> None:
    told: list[str] = []
    stocked(1)

    def work() -> None:
        after_commit(lambda: told.append("kept"))

        def tried() -> None:
            add_one(1)
            after_commit(lambda: told.append("tried"))

        rehearse(tried)
        after_commit(lambda: told.append("kept as well"))

    in_transaction(work)
    assert (on_hand(1), told) == (0, ["kept", "kept as well"])


def test_what_a_rehearsal_refuses_takes_its_rows_back_even_if_somebody_catches_it(app: Flask) -> None:
    stocked(1)

    def tried() -> None:
        add_one(1)
        raise Refused

    def work() -> None:
        with pytest.raises(Refused):
            rehearse(tried)

    in_transaction(work)
    assert on_hand(1) == 0


def test_a_rehearsal_is_part_of_a_use_case(app: Flask) -> None:
    with pytest.raises(TransactionOpen):
        rehearse(lambda: None)


@pytest.mark.commits
def test_a_rehearsal_whose_savepoint_a_deadlock_took_away_is_run_again(app: Flask) -> None:
    runs: list[int] = []

    def tried() -> None:
        runs.append(1)
        if len(runs) == 1:
            db.session.connection().exec_driver_sql("ROLLBACK")  # as MySQL does to the victim
            raise RunAgain

    in_transaction(lambda: rehearse(tried))
    assert len(runs) == 2
