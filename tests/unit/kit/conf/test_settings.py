"""Settings come from the environment; what cannot be understood is refused by the variable's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from conf.settings import SAMPLE_SECRET, BadSetting, Settings, described, load_settings


def test_defaults_make_a_development_shop_without_servers() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert (settings.env, settings.is_production, settings.is_embedded) == ("development", False, True)
    assert settings.database.url == "sqlite:///var/qiyuan.db"
    assert settings.security.jwt_secret == SAMPLE_SECRET


def test_every_kind_of_setting_is_read() -> None:
    settings = load_settings(
        {
            "APP_ENV": "production",
            "DATABASE_URL": "mysql+pymysql://u:p@db/shop",
            "BROKER_URL": "amqp://mq/",
            "SHOP_FREIGHT_FEN": "1200",
            "DOCS_EXPOSED": "false",
        }
    )
    assert settings.is_production is True
    assert settings.is_embedded is False
    assert settings.database.url == "mysql+pymysql://u:p@db/shop"
    assert settings.shop.freight_fen == 1200
    assert (settings.http.docs_exposed, settings.shows_docs) == ("false", False)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("YES", True), ("off", False), ("0", False)])
def test_switches_are_read_in_the_usual_words(text: str, value: bool) -> None:
    assert load_settings({"APP_DEBUG": text}).debug is value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SHOP_PAYMENT_MINUTES", "a quarter"),
        ("SHOP_PAYMENT_MINUTES", "15.5"),
        ("SHOP_FREIGHT_FEN", ""),
        ("TRUSTED_PROXIES", "one"),
        ("MAX_BODY_BYTES", "1M"),
        ("APP_DEBUG", "maybe"),
    ],
)
def test_setting_that_cannot_be_understood_is_named(variable: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"^{variable}: "):
        load_settings({variable: text})


@pytest.mark.parametrize(("variable", "text"), [("SHOP_PAYMENT_MINUTES", "a quarter"), ("APP_DEBUG", "maybe")])
def test_setting_of_the_process_that_cannot_be_understood_is_named(
    variable: str, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, text)
    with pytest.raises(BadSetting, match=f"^{variable}: "):
        load_settings()


def test_process_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SHOP_NAME=from file\nSHOP_FREIGHT_FEN=1\n", encoding="utf-8")
    monkeypatch.setenv("SHOP_FREIGHT_FEN", "700")
    monkeypatch.delenv("SHOP_NAME", raising=False)
    settings = load_settings()
    assert (settings.shop.name, settings.shop.freight_fen) == ("from file", 700)


def test_every_variable_is_named_once_and_says_what_it_means() -> None:
    variables = [variable for variable, _ in described()]
    assert len(variables) == len(set(variables)) > 25
    assert [variable for variable, item in described() if not item.metadata["meaning"]] == []


def test_everything_that_is_a_secret_is_marked_so() -> None:
    marked = {variable for variable, item in described() if item.metadata["secret"]}
    assert marked == {
        "DATABASE_URL",
        "REDIS_URL",
        "BROKER_URL",
        "JWT_SECRET",
        "MAIL_PASSWORD",
        "STORAGE_SECRET",
        "WECHAT_APP_SECRET",
        "WECHAT_PAY_APIV3_KEY",
    }


@pytest.mark.parametrize(
    ("env", "exposed", "shown"),
    [
        ("development", None, True),
        ("test", "auto", True),
        ("production", None, False),
        ("production", "auto", False),
        ("production", "true", True),
        ("development", "false", False),
    ],
)
def test_documentation_is_closed_in_production_unless_it_is_opened(env: str, exposed: str | None, shown: bool) -> None:
    settings = load_settings({"APP_ENV": env} | ({} if exposed is None else {"DOCS_EXPOSED": exposed}))
    assert settings.shows_docs is shown


@pytest.mark.parametrize("text", ["", "yes", "True", "maybe"])
def test_documentation_is_never_opened_by_mistake(text: str) -> None:
    with pytest.raises(BadSetting, match=r"^DOCS_EXPOSED must be one of auto, true, false"):
        load_settings({"DOCS_EXPOSED": text})
