"""Ids: ordered, unique, bound to a leased node, and never shared across a fork."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.domain import identity
from kit.domain.identity import EPOCH_MS, NODES, IdGenerator, NodeNotLeased, new_id, use_node

NOON_MS = EPOCH_MS + 43_200_000


class Clock:
    """A wall clock that a test moves."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture(autouse=True)
def own_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test does to this process's node number ends with it."""
    monkeypatch.setattr(identity, "_generator", None)


def test_id_is_laid_out_as_milliseconds_node_and_sequence() -> None:
    generator = IdGenerator(5, Clock(EPOCH_MS + 3))
    assert generator.next() == (3 << 22) | (5 << 12) | 0
    assert generator.next() == (3 << 22) | (5 << 12) | 1


def test_ids_rise_with_the_clock() -> None:
    clock = Clock()
    generator = IdGenerator(0, clock)
    first = generator.next()
    clock.now_ms += 1
    assert generator.next() == first + (1 << 22)


def test_hundred_thousand_ids_are_unique_and_in_order() -> None:
    generator = IdGenerator(7)
    made = [generator.next() for _ in range(100_000)]
    assert made == sorted(set(made))


def test_threads_never_get_the_same_id() -> None:
    generator = IdGenerator(7)
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [generator.next() for _ in range(12_500)], range(8)))
    assert len({made for batch in batches for made in batch}) == 100_000
    assert all(batch == sorted(batch) for batch in batches)


def test_clock_that_goes_back_does_not_take_ids_back() -> None:
    clock = Clock()
    generator = IdGenerator(0, clock)
    first = generator.next()
    clock.now_ms -= 60_000
    assert generator.next() == first + 1


def test_4097th_id_of_a_millisecond_is_borrowed_from_the_next_one() -> None:
    generator = IdGenerator(0, Clock())
    made = [generator.next() for _ in range(4097)]
    assert made[4095] == ((NOON_MS - EPOCH_MS) << 22) | 4095
    assert made[4096] == (NOON_MS + 1 - EPOCH_MS) << 22


def test_borrowed_millisecond_is_not_used_a_second_time() -> None:
    clock = Clock()
    generator = IdGenerator(0, clock)
    made = [generator.next() for _ in range(4097)]
    clock.now_ms += 1
    made.append(generator.next())
    assert made[-1] == made[-2] + 1


def test_two_nodes_make_different_ids_in_the_same_millisecond() -> None:
    clock = Clock()
    assert IdGenerator(1, clock).next() != IdGenerator(2, clock).next()


def test_last_id_of_the_layout_fits_into_63_bits() -> None:
    clock = Clock(EPOCH_MS + (1 << 41) - 1)
    assert IdGenerator(NODES - 1, clock).next() < 2**63


@pytest.mark.parametrize("node", [-1, NODES])
def test_node_outside_ten_bits_is_refused(node: int) -> None:
    with pytest.raises(ValueError, match=f"node {node} is outside 0..1023"):
        IdGenerator(node)


def test_id_without_a_leased_node_is_refused() -> None:
    with pytest.raises(NodeNotLeased):
        new_id()


def test_forgotten_node_makes_no_more_ids() -> None:
    use_node(3)
    new_id()
    use_node(None)
    with pytest.raises(NodeNotLeased):
        new_id()


@pytest.fixture
def forked_answer() -> Iterator[str]:
    """What a forked child of a process with node 3 says to `new_id()`."""
    use_node(3)
    new_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = str(new_id())
        except NodeNotLeased:
            answer = "NodeNotLeased"
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        yield pipe.read()


def test_forked_child_makes_no_ids_as_its_parent(forked_answer: str) -> None:
    assert forked_answer == "NodeNotLeased"


def test_parent_keeps_its_node_when_it_forks(forked_answer: str) -> None:
    assert (new_id() >> 12) & (NODES - 1) == 3
