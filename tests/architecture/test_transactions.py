"""Only kit/service/transaction.py commits, and only a few named places talk to the database beside the session."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import Source, sources

ALLOWED = {"kit/service/transaction.py"}
# With a connection of their own: the lease of a node number (before a use case), the health probe, the start-up check,
# the doctor's look at the clock.
CONNECTING = {"kit/db/node.py", "kit/api/health.py", "task/readiness.py", "task/doctor/servers.py"}


def commits(source: Source) -> list[str]:
    """Calls of a method named commit, and SQL that commits."""
    called = [
        f"{source.name}:{call.lineno}"
        for call in source.walk(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    written = [
        f"{source.name}:{literal.lineno}"
        for literal in source.walk(ast.Constant)
        if isinstance(literal.value, str) and literal.value.strip().upper() == "COMMIT"
    ]
    return called + written


def test_nobody_commits_but_the_transaction_module() -> None:
    assert [place for source in sources() if source.name not in ALLOWED for place in commits(source)] == []


def test_the_transaction_module_does_commit() -> None:
    source = next(source for source in sources("kit") if source.name in ALLOWED)
    assert len(commits(source)) == 1


def connections(source: Source) -> list[str]:
    """Calls of begin() or connect() on something called engine: transactions that no use case would join."""
    return [
        f"{source.name}:{call.lineno}"
        for call in source.walk(ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("begin", "connect")
        and "engine" in ast.unparse(call.func.value)
    ]


def test_nobody_opens_a_connection_beside_the_session() -> None:
    allowed = ALLOWED | CONNECTING
    assert [place for source in sources() if source.name not in allowed for place in connections(source)] == []


@pytest.mark.parametrize("snippet", ["with db.engine.begin() as c:\n    pass", "engine.connect()"])
def test_a_connection_elsewhere_is_noticed(snippet: str) -> None:
    assert len(connections(Source("bad.py", snippet))) == 1


@pytest.mark.parametrize("snippet", ["db.session.commit()", "with x as s:\n    s.commit()", 'run("commit")'])
def test_a_commit_elsewhere_is_noticed(snippet: str) -> None:
    assert len(commits(Source("bad.py", snippet))) == 1
