"""Design rule 14 on a real RabbitMQ: nothing is lost, nothing happens twice, nothing goes round in circles."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from task.queues import DELIVERY_LIMIT, EVENTS, SWEEPS
from tests.support.processes import Child, until
from tests.support.proof_shop import ProofShop
from tests.support.servers import Servers
from tests.support.shop import Shop, open_shop

PROOFS = "tests.support.proof_worker"


@pytest.fixture(scope="module")
def shop(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(servers, worker_id, tmp_path_factory) as shop:
        yield shop


@pytest.fixture(scope="module")
def proofs(shop: Shop) -> ProofShop:
    return ProofShop(shop)


@pytest.fixture(scope="module")
def worker(shop: Shop, proofs: ProofShop) -> Child:
    """One worker of two children, and a relay."""
    shop.relay()
    worker = shop.worker(entry=PROOFS)
    shop.children.wait_until_ready()
    return worker


@pytest.fixture(scope="module")
def killer(worker: Child, proofs: ProofShop) -> int:
    """Asked for at once, as Celery notices a killed child only after five seconds; the other tests go on beside it."""
    return proofs.ask("kill_child")


pytestmark = pytest.mark.usefixtures("killer")


def test_a_task_whose_child_is_killed_in_the_middle_is_done_after_all(proofs: ProofShop) -> None:
    number = proofs.ask("die_once")

    proofs.wait_for_rows(number)

    assert (proofs.tries(number), proofs.rows(number)) == (2, 1)


def test_an_event_whose_child_is_killed_before_the_acknowledgement_has_one_effect(proofs: ProofShop) -> None:
    number = proofs.tell(dies=True)
    proofs.wait_for_rows(number)

    afterwards = proofs.tell()
    proofs.wait_for_rows(afterwards)
    until(lambda: proofs.waiting(EVENTS) == 0, what="the copy is gone too")

    assert (proofs.rows(number), proofs.rows(afterwards)) == (1, 1)


def test_a_task_that_always_fails_is_tried_six_times_and_then_dead(proofs: ProofShop) -> None:
    number = proofs.ask("always_fails")

    def dead() -> bool:
        proofs.hurry()
        return "always_fails" in proofs.dead()

    until(dead, what="a dead letter")
    assert proofs.tries(number) == 6


def test_a_task_that_nobody_knows_is_dead_at_once_and_the_worker_goes_on(proofs: ProofShop) -> None:
    proofs.ask("of_another_version")
    afterwards = proofs.ask("insert_row")

    proofs.wait_until_dead("of_another_version")
    proofs.wait_for_rows(afterwards)


def test_a_dead_letter_is_shown_and_works_when_it_is_sent_again(proofs: ProofShop) -> None:
    proofs.ask("of_another_version")
    proofs.wait_until_dead("of_another_version")
    number = proofs.ask("fails_until_mended")
    proofs.wait_until_dead("fails_until_mended")

    shown = {letter["task"]: letter for letter in proofs.dead_letters()}
    assert shown["tests.proof.fails_until_mended"]["queue"] == SWEEPS
    assert shown["tests.proof.fails_until_mended"]["arguments"] == f"{{'number': {number}}}"
    assert "fails_until_mended" in proofs.dead()

    proofs.dead_letters("--requeue")

    proofs.wait_for_rows(number)
    assert proofs.tries(number) == 2
    proofs.wait_until_dead("of_another_version")
    assert "fails_until_mended" not in proofs.dead()


def test_a_task_that_hangs_is_killed_at_its_time_limit_and_tried_again(proofs: ProofShop) -> None:
    number = proofs.ask("hang_once")

    proofs.wait_for_rows(number)

    assert (proofs.tries(number), proofs.rows(number)) == (2, 1)


def test_the_worker_writes_json_lines_that_name_the_request(worker: Child, proofs: ProofShop) -> None:
    number = proofs.ask("insert_row", request_id="request-of-this-test")
    proofs.wait_for_rows(number)

    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    by_message = {line["message"]: line for line in lines}
    assert by_message[f"proof row {number}"]["request_id"] == "request-of-this-test"
    assert by_message[f"proof row {number}"]["actor"] == "system:tests.proof.insert_row"
    assert {"celery.apps.worker", "celery.worker.strategy", "celery.app.trace"} <= {line["logger"] for line in lines}


def test_a_task_that_kills_its_child_each_time_is_dead_after_the_delivery_limit(killer: int, proofs: ProofShop) -> None:
    proofs.wait_until_dead("kill_child", seconds=60)

    # Where it was dead before the dead letters were sent again, it went round once more.
    assert proofs.tries(killer) in (DELIVERY_LIMIT + 1, 2 * (DELIVERY_LIMIT + 1))


def test_a_worker_that_is_asked_to_end_finishes_its_tasks_and_leaves_the_others(
    worker: Child, proofs: ProofShop
) -> None:
    # Still going round, it would be counted with what is left.
    proofs.wait_until_dead("kill_child", seconds=60)
    numbers = proofs.ask_many("slow", 4, seconds=1)
    until(lambda: proofs.tries(*numbers) == 2, what="both children at work")

    worker.terminate()

    assert worker.wait(10) == 0
    assert proofs.rows(*numbers) == 2
    assert proofs.waiting(SWEEPS) == 2


@pytest.fixture(scope="module")
def second_worker(worker: Child, shop: Shop) -> Child:
    """After the first one; its parent process talked to the database before it forked."""
    worker.stop()
    second = shop.worker(entry=PROOFS, PROOF_ENGINE="used")
    shop.children.wait_until_ready()
    return second


def test_no_child_reserves_more_than_it_works_on(second_worker: Child, proofs: ProofShop) -> None:
    until(lambda: proofs.waiting(SWEEPS) == 0, what="what the first worker left is taken")
    numbers = proofs.ask_many("slow", 4, seconds=1)

    until(lambda: proofs.tries(*numbers) == 2, what="both children at work")
    until(lambda: proofs.waiting(SWEEPS) == 2, seconds=0.8, what="the other two are left for other workers")
    proofs.wait_for_rows(*numbers)


def test_500_tasks_of_children_forked_from_a_used_engine_leave_500_rows(
    second_worker: Child, proofs: ProofShop
) -> None:
    before = proofs.connections_of(second_worker)

    numbers = proofs.ask_many("insert_row", 500)

    proofs.wait_for_rows(*numbers, seconds=40)
    assert (proofs.tries(*numbers), proofs.rows(*numbers)) == (500, 500)
    assert len(before) == 1
    assert proofs.connections_of_tasks(numbers).isdisjoint(before)


def test_without_the_fork_hook_a_child_uses_its_parents_connection(
    second_worker: Child, shop: Shop, proofs: ProofShop
) -> None:
    """The negative control: two processes on one socket, and whose commit is whose is chance."""
    second_worker.stop()
    careless = shop.worker(entry=PROOFS, concurrency=1, PROOF_ENGINE="used", PROOF_FORK_HOOK="off")
    careless.wait_until_ready()

    number = proofs.ask("insert_row")

    until(lambda: proofs.tries(number), what="the task begins")
    assert proofs.connections_of_tasks([number]) == proofs.connections_of(careless)
