"""One use case, one transaction. The only module of the project that commits."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any, ParamSpec, TypeVar

from loguru import logger
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kit.db.error import is_lost_race
from kit.db.extension import db
from kit.db.node import lease
from kit.db.sqlite import WRITES, writes_take_a_lock_at_begin
from kit.domain.error import Conflict

P = ParamSpec("P")
R = TypeVar("R")

MAX_ATTEMPTS = 3
_HOOKS = "kit.after_commit"


class LostRace(Conflict):
    """Three attempts in a row met somebody else's change."""

    code = "kit.lost_race"
    zh = "数据刚被他人修改，请刷新后重试"
    en = "Somebody else changed this at the same moment; reload and try again"


class TransactionOpen(AssertionError):
    """A call to a vendor, or the start of a use case, found a transaction that must not be open there."""


def transactional(method: Callable[P, R]) -> Callable[P, R]:
    """Make `method` a use case: commit when it returns, roll back when it raises.

    A nested call joins the caller's transaction. On a deadlock, a lock wait or a stale version the *outermost* use case
    runs again from its start, at most three times, then `LostRace`. So a use case changes nothing but the database;
    what must happen once outside goes through the outbox or `after_commit`. A nested call has no savepoint: whoever
    catches its error and goes on commits what it had written.
    """

    @functools.wraps(method)
    def use_case(*args: P.args, **kwargs: P.kwargs) -> R:
        return in_transaction(lambda: method(*args, **kwargs))

    return use_case


def in_transaction(work: Callable[[], R]) -> R:
    """Run `work` as `transactional` would."""
    session = db.session()
    if _HOOKS in session.info:
        return work()
    lease.ensure(db.engine)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return _attempt(session, work)
        except Exception as error:
            if not is_lost_race(error):
                raise
            logger.info("use case lost a race, attempt {} of {}: {}", attempt, MAX_ATTEMPTS, error)
            if attempt == MAX_ATTEMPTS:
                raise LostRace from error
            # Two losers that come back at once would lose again.
            time.sleep(random.uniform(0.005, 0.03) * attempt)
    raise AssertionError("unreachable")


def _attempt(session: Session, work: Callable[[], R]) -> R:
    _start_fresh(session)
    hooks: list[Callable[[], Any]] = []
    session.info[_HOOKS] = hooks
    try:
        result = work()
        session.commit()
    except BaseException:
        # Nothing read or recorded by a failed attempt may leak into the next one. Expunged before the rollback would
        # expire them, objects that earlier use cases returned can still be read.
        session.expunge_all()
        session.rollback()
        raise
    finally:
        del session.info[_HOOKS]
    for hook in hooks:
        _run_hook(hook)
    return result


def _start_fresh(session: Session) -> None:
    """Forget what earlier queries of this request have read: the use case sees the database as it is now."""
    if session.new or session.deleted or any(session.is_modified(entity) for entity in session.dirty):
        raise TransactionOpen("objects were changed outside a @transactional use case")
    if writes_take_a_lock_at_begin(session):
        session.rollback()
        session.connection(execution_options=WRITES)
    elif session.in_transaction():
        # Their transaction goes on: at READ COMMITTED it holds neither a snapshot nor a lock, and to end it would cost
        # a round trip before every use case.
        session.expire_all()


def _run_hook(hook: Callable[[], Any]) -> None:
    try:
        hook()
    except Exception:
        # The facts are committed; a failed cache invalidation must not turn success into an error.
        logger.exception("after_commit hook failed")


def rehearse(work: Callable[[], Any]) -> None:
    """Do `work`, the database's last word included, and take all of it back: whether it is refused is known then.

    For use cases that keep a change for later. Raises what `work` does; the rows it locked stay locked.
    """
    session = db.session()
    hooks = session.info.get(_HOOKS)
    if hooks is None:
        raise TransactionOpen("a rehearsal is part of a @transactional use case")
    kept = list(hooks)
    savepoint = session.begin_nested()
    try:
        work()
        # Objects that recorded events give them up here, and the rollback takes the outbox rows back.
        session.flush()
    except Exception as error:
        # After a deadlock MySQL knows no savepoint any more; the use case runs again from its start.
        with suppress(OperationalError) if is_lost_race(error) else nullcontext():
            savepoint.rollback()
        raise
    else:
        savepoint.rollback()
    finally:
        hooks[:] = kept


def after_commit(hook: Callable[[], Any]) -> None:
    """Run `hook` once after the outermost use case committed; never when it rolled back. For caches, not for facts."""
    hooks = db.session().info.get(_HOOKS)
    if hooks is None:
        raise TransactionOpen("after_commit is for @transactional use cases")
    hooks.append(hook)


def in_use_case() -> bool:
    """True inside a transactional use case."""
    return _HOOKS in db.session().info


def end_reading() -> None:
    """Give the connection back between steps of a use case that talks to a vendor."""
    session = db.session()
    if _HOOKS in session.info:
        raise TransactionOpen("a use case is open: it ends by returning, not by end_reading()")
    session.rollback()


def assert_no_transaction() -> None:
    """Guard of every vendor gateway: a slow vendor must not hold row locks or a pooled connection (design rule 2)."""
    if in_use_case() or db.session().in_transaction():
        raise TransactionOpen("no call to a vendor inside a database transaction: commit the intent first")
