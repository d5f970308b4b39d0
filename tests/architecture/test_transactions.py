"""Only kit/service/transaction.py commits."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import Source, sources

ALLOWED = {"kit/service/transaction.py"}


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


@pytest.mark.parametrize("snippet", ["db.session.commit()", "with x as s:\n    s.commit()", 'run("commit")'])
def test_a_commit_elsewhere_is_noticed(snippet: str) -> None:
    assert len(commits(Source("bad.py", snippet))) == 1
