"""Files a newcomer can read, with names that say what is in them."""

from __future__ import annotations

import pytest

from tests.architecture.sources import Source, sources

MAX_LINES = 400
NAMELESS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}


def too_long(source: Source) -> bool:
    """True for a file that should be two."""
    return source.text.count("\n") > MAX_LINES


def nameless(source: Source) -> bool:
    """True for a file or folder whose name says nothing."""
    return not NAMELESS.isdisjoint(source.name.removesuffix(".py").split("/"))


def test_no_file_is_too_long() -> None:
    assert [source.name for source in (*sources(), *sources("tests")) if too_long(source)] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [source.name for source in (*sources(), *sources("tests")) if nameless(source)] == []


def test_every_module_says_what_it_is_for() -> None:
    def documented(source: Source) -> bool:
        return not source.text.strip() or source.text.lstrip("#! /usrbinevpytho3\n").startswith('"""')

    assert [source.name for source in sources() if not documented(source)] == []


def test_a_file_of_401_lines_is_noticed() -> None:
    assert too_long(Source("a.py", "x = 1\n" * 401))
    assert not too_long(Source("a.py", "x = 1\n" * 400))


@pytest.mark.parametrize("name", ["kit/utils.py", "backend/order/helpers/money.py", "kit/common/__init__.py"])
def test_a_name_that_says_nothing_is_noticed(name: str) -> None:
    assert nameless(Source(name, ""))


def test_a_name_that_only_contains_such_a_word_is_fine() -> None:
    assert not nameless(Source("kit/commonwealth.py", ""))
