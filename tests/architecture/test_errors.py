"""Every error a client may see: stable unique code, both languages, and everything its message names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from string import Formatter

import pytest

from kit.api.error import STATUS
from kit.domain.error import DomainError, ErrorKind
from kit.domain.words import said
from tests.architecture.sources import Source, context_of, import_everything, ours, sources

import_everything()
_KINDS = set(DomainError.__subclasses__())
ERRORS = [error for error in ours(DomainError) if error not in _KINDS]
_HAN = re.compile(r"[\u4e00-\u9fff]")
# Technical parts of kit whose codes are named after what the client knows of them.
_KIT_PREFIXES = ("kit", "auth", "wechat")


def placeholders(template: str) -> set[str]:
    """The parameters a message names."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def parameters(error: type[DomainError]) -> set[str]:
    """What both messages need."""
    return placeholders(error.zh) | placeholders(error.en)


def unfilled(source: Source, errors: list[type[DomainError]]) -> list[str]:
    """Places that raise an error without a parameter that its messages name."""
    needs = {
        error.__name__: placeholders(error.zh) | placeholders(error.en) for error in errors if _takes_params(error)
    }
    found = []
    called = {node.func for node in source.walk(ast.Call)}
    for call in source.walk(ast.Call):
        # X(…), X.naming(…)
        made = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        if isinstance(made, ast.Name) and made.id in needs:
            given = {keyword.arg for keyword in call.keywords}
            if None not in given and not needs[made.id] <= given:
                found.append(f"{source.name}:{call.lineno} {made.id} without {needs[made.id] - given}")
    for statement in source.walk(ast.Raise):
        raised = statement.exc
        if isinstance(raised, ast.Name) and raised not in called and needs.get(raised.id):
            found.append(f"{source.name}:{statement.lineno} {raised.id} without {needs[raised.id]}")
    return found


def _takes_params(error: type[DomainError]) -> bool:
    return error.__init__ is DomainError.__init__


def test_project_has_errors_to_check() -> None:
    assert len(ERRORS) > 40


def test_every_kind_has_a_status() -> None:
    assert set(STATUS) == set(ErrorKind)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_error_has_a_code_of_its_context_and_messages_in_both_languages(error: type[DomainError]) -> None:
    prefixes = _KIT_PREFIXES if context_of(error.__module__) == "kit" else (context_of(error.__module__),)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z0-9]+)*", error.code)
    assert error.code.split(".")[0] in prefixes
    assert error.kind in ErrorKind
    assert _HAN.search(error.zh)
    assert error.en
    assert not _HAN.search(error.en)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_messages_name_plain_parameters_only(error: type[DomainError]) -> None:
    for template in (error.zh, error.en):
        assert all(name.isidentifier() for name in placeholders(template)), template


@pytest.mark.parametrize("error", [error for error in ERRORS if _takes_params(error)], ids=lambda error: error.__name__)
def test_message_can_be_written_in_both_languages(error: type[DomainError]) -> None:
    raised = error(**{name: f"<{name}>" for name in parameters(error)})
    for language, template in (("zh", error.zh), ("en", error.en)):
        assert "{" not in raised.message(language)
        assert all(f"<{name}>" in raised.message(language) for name in placeholders(template))


def test_codes_are_unique() -> None:
    repeated = [code for code, count in Counter(error.code for error in ERRORS).items() if count > 1]
    assert repeated == []


def test_every_raised_error_gets_the_parameters_of_its_message() -> None:
    assert [place for source in sources("backend", "kit", "task") for place in unfilled(source, ERRORS)] == []


class _Refusal(DomainError):
    kind = ErrorKind.CONFLICT
    code = "tests.refusal"
    zh = "不行：{why}"
    en = "No: {why}"


@pytest.mark.parametrize(
    "snippet",
    ["raise _Refusal", "raise _Refusal()", "raise _Refusal(how=1) from None", 'raise _Refusal.naming("phone")'],
)
def test_an_error_without_its_parameter_is_noticed(snippet: str) -> None:
    assert len(unfilled(Source("bad.py", snippet), [_Refusal])) == 1


def test_an_error_says_its_message_of_what_it_names() -> None:
    refused = _Refusal.naming("phone", "mail", why="full")
    assert said(refused.errors, "zh") == {"phone": ["不行：full"], "mail": ["不行：full"]}
    assert said(refused.errors, "en") == {"phone": ["No: full"], "mail": ["No: full"]}
    assert (refused.message("zh"), refused.message("en")) == ("不行：full", "No: full")


@pytest.mark.parametrize("snippet", ["raise _Refusal(why=1)", "raise _Refusal(**found)", "isinstance(error, _Refusal)"])
def test_an_error_with_its_parameter_is_fine(snippet: str) -> None:
    assert unfilled(Source("good.py", snippet), [_Refusal]) == []
