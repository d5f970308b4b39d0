"""Generated pages: everything stands in them, and a stale one is noticed."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from conf.settings import described
from kit.api.error import HTTP_MESSAGES
from kit.api.known import Known
from kit.domain.error import DomainError
from scripts import configuration, env_example, errors
from tests.architecture.sources import ours

PAGES: list[ModuleType] = [configuration, env_example, errors]


def test_every_code_of_the_program_is_in_the_table() -> None:
    page = errors.render(errors.every_error())
    codes = {error.code for error in ours(DomainError) if "code" in vars(error)} | {
        code for code, *_ in HTTP_MESSAGES.values()
    }
    assert len(codes) > 50
    assert [code for code in codes if f"| `{code}` |" not in page] == []


def test_a_row_holds_code_status_and_both_languages() -> None:
    page = errors.render([Known(409, "order.price_moved", "变|动", "<b> moved")])
    assert page.endswith("| `order.price_moved` | 409 | 变\\|动 | &lt;b> moved |\n")


def test_every_variable_is_in_the_table_and_no_secret_has_a_value() -> None:
    page = configuration.render()
    for variable, item in described():
        assert f"| `{variable}` | " in page
        assert not item.metadata["secret"] or f"| `{variable}` | (secret) |" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_check_accepts_the_fresh_page_and_refuses_a_changed_or_missing_one(
    page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "page"
    monkeypatch.setattr(page, "TARGET", target)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["page", *arguments])
        return int(page.main())

    assert run("--check") == 1
    assert run() == 0
    assert run("--check") == 0
    target.write_text(target.read_text() + "x")
    assert run("--check") == 1
