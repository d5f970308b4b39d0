"""Hot bytes: one read per stampede, changes visible in a quarter of a second, no Redis no harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import fakeredis
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from kit.cache import hot
from kit.cache.hot import FRESH_SECONDS, MOST_FRESH, HotCache, fingerprint


class Shelf:
    """A slow database that counts how often it is read."""

    def __init__(self, value: Any = 1, *, seconds: float = 0.0) -> None:
        self.value = value
        self.seconds = seconds
        self.reads = 0

    def __call__(self) -> Any:
        self.reads += 1
        value = self.value
        time.sleep(self.seconds)
        return {"value": value}


class AwayRedis:
    """Every call fails, and is counted."""

    def __init__(self) -> None:
        self.calls = 0

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        def fail(*_: Any, **__: Any) -> Any:
            self.calls += 1
            raise RedisAway

        return fail


@pytest.fixture
def redis() -> Redis:
    return fakeredis.FakeRedis()


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    results: list[Any] = []
    start = threading.Barrier(count)

    def run() -> None:
        start.wait()
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_second_reader_gets_the_same_bytes_without_the_database(redis: Redis) -> None:
    cache, shelf = HotCache(lambda: redis, name="t"), Shelf()
    first, second = cache.get("k", shelf), cache.get("k", shelf)
    assert first == second
    assert first.body == b'{"value":1}'
    assert shelf.reads == 1


def test_another_process_shares_the_entry(redis: Redis) -> None:
    shelf = Shelf()
    HotCache(lambda: redis, name="t").get("k", shelf)
    HotCache(lambda: redis, name="t").get("k", shelf)
    assert shelf.reads == 1


def test_contexts_do_not_share(redis: Redis) -> None:
    shelf = Shelf()
    HotCache(lambda: redis, name="a").get("k", shelf)
    HotCache(lambda: redis, name="b").get("k", shelf)
    assert shelf.reads == 2


def test_a_change_is_visible_at_once_where_it_was_made_and_soon_everywhere(redis: Redis) -> None:
    here, there, shelf = HotCache(lambda: redis, name="t"), HotCache(lambda: redis, name="t"), Shelf()
    here.get("k", shelf)
    asked = time.monotonic()
    there.get("k", shelf)
    shelf.value = 2
    assert there.get("k", shelf).body == b'{"value":1}'
    here.forget()
    assert here.get("k", shelf).body == b'{"value":2}'
    while there.get("k", shelf).body != b'{"value":2}':
        assert time.monotonic() - asked < 1, "a change is visible within a second"
        time.sleep(0.01)
    assert FRESH_SECONDS <= 0.5


def test_an_answer_that_is_not_kept_fresh_is_compared_at_every_read(redis: Redis) -> None:
    here, there = HotCache(lambda: redis, name="t"), HotCache(lambda: redis, name="t", fresh_seconds=0)
    shelf = Shelf()
    there.get("k", shelf)
    shelf.value = 2
    here.forget()
    assert there.get("k", shelf).body == b'{"value":2}'


def test_a_fresh_answer_costs_no_round_trip(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, shelf = HotCache(lambda: redis, name="t", fresh_seconds=60), Shelf()
    cache.get("k", shelf)
    monkeypatch.setattr(cache, "_redis", lambda: pytest.fail("Redis was asked"))
    assert cache.get("k", shelf).body == b'{"value":1}'


def test_what_was_on_its_way_when_a_change_came_is_not_fresh(redis: Redis) -> None:
    cache, slow = HotCache(lambda: redis, name="t", fresh_seconds=60), Shelf(seconds=0.1)
    early = threading.Thread(target=lambda: cache.get("k", slow))
    early.start()
    time.sleep(0.03)
    slow.value = 2
    cache.forget()
    early.join()
    assert cache.get("k", slow).body == b'{"value":2}'


def test_fresh_answers_are_bounded(redis: Redis) -> None:
    cache, shelf = HotCache(lambda: redis, name="t", fresh_seconds=60), Shelf()
    for number in range(MOST_FRESH * 2 + 3):
        cache.get(str(number), shelf)
    assert len(cache._fresh) <= MOST_FRESH


def test_what_was_read_before_a_change_is_never_served_after_it(redis: Redis) -> None:
    cache, slow = HotCache(lambda: redis, name="t"), Shelf(seconds=0.1)
    early = threading.Thread(target=lambda: cache.get("k", slow))
    early.start()
    time.sleep(0.03)
    slow.value = 2
    cache.forget()
    assert cache.get("k", slow).body == b'{"value":2}'
    early.join()
    assert cache.get("k", slow).body == b'{"value":2}'


def test_a_stampede_in_one_process_reads_once(redis: Redis) -> None:
    cache, shelf = HotCache(lambda: redis, name="t"), Shelf(seconds=0.05)
    assert len(set(at_once(20, lambda: cache.get("k", shelf)))) == 1
    assert shelf.reads == 1


def test_a_stampede_of_processes_reads_once(redis: Redis) -> None:
    caches, shelf = [HotCache(lambda: redis, name="t") for _ in range(8)], Shelf(seconds=0.05)
    waiting = iter(caches)
    at_once(8, lambda: next(waiting).get("k", shelf))
    assert shelf.reads == 1


def test_without_the_lock_the_processes_would_all_read(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(HotCache, "_wait", lambda self, key: self._look(key))
    caches, shelf = [HotCache(lambda: redis, name="t") for _ in range(8)], Shelf(seconds=0.05)
    waiting = iter(caches)
    at_once(8, lambda: next(waiting).get("k", shelf))
    assert shelf.reads > 1


def test_a_dead_refiller_does_not_block_the_others(redis: Redis) -> None:
    cache, shelf = HotCache(lambda: redis, name="t"), Shelf()
    redis.set("hot:{t}:lock:k", "1", px=60_000)
    started = time.monotonic()
    assert cache.get("k", shelf).body == b'{"value":1}'
    assert time.monotonic() - started < hot.WAIT_SECONDS + 0.5


def test_an_error_is_told_and_not_kept(redis: Redis) -> None:
    cache, shelf = HotCache(lambda: redis, name="t"), Shelf()

    def missing() -> Any:
        raise LookupError

    with pytest.raises(LookupError):
        cache.get("k", missing)
    assert cache.get("k", shelf).body == b'{"value":1}'


def test_entries_live_thirty_seconds_at_most(redis: Redis) -> None:
    HotCache(lambda: redis, name="t").get("k", Shelf())
    assert 0 < redis.ttl("hot:{t}:k") <= hot.LIFE_SECONDS == 30


def test_without_redis_every_answer_comes_from_the_database() -> None:
    away = AwayRedis()
    cache, shelf = HotCache(lambda: away, name="t", fresh_seconds=0), Shelf()  # type: ignore[arg-type, return-value]  # a stand-in with the few methods that are used
    assert [cache.get("k", shelf).body for _ in range(5)] == [b'{"value":1}'] * 5
    assert shelf.reads == 5
    assert away.calls == 1, "after a failure Redis is left alone for a second"


def test_redis_is_asked_again_after_a_second(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    away, back = AwayRedis(), [False]
    cache, shelf = HotCache(lambda: redis if back[0] else away, name="t", fresh_seconds=0), Shelf()  # type: ignore[arg-type, return-value]  # a stand-in with the few methods that are used
    cache.get("k", shelf)
    back[0] = True
    monkeypatch.setattr(cache, "_silent_until", 0.0)
    cache.get("k", shelf)
    cache.get("k", shelf)
    assert shelf.reads == 2


def test_a_change_made_while_redis_was_away_is_told_when_it_is_back(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, back, shelf = AwayRedis(), [True], Shelf()
    here = HotCache(lambda: redis if back[0] else away, name="t")  # type: ignore[arg-type, return-value]  # a stand-in with the few methods that are used
    there = HotCache(lambda: redis, name="t", fresh_seconds=0)
    there.get("k", shelf)
    back[0] = False
    shelf.value = 2
    here.forget()
    back[0] = True
    monkeypatch.setattr(here, "_silent_until", 0.0)
    here.get("other", shelf)
    assert there.get("k", shelf).body == b'{"value":2}'


def test_databases_have_fingerprints_of_their_own_that_hold_no_password() -> None:
    one = fingerprint("mysql+pymysql://shop:secret@db/one")
    assert one != fingerprint("mysql+pymysql://shop:secret@db/two")
    assert one == fingerprint("mysql+pymysql://shop:other@db/one")
