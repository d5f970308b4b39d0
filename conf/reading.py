"""Environment variables become settings: read by type, held to their rules, every problem told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_type_hints


def read(settings_class: type[Any], env: Any, problems: list[str]) -> Any:
    """Settings of this class, groups inside it included, from the three readers of `env`; `problems` are added to."""
    hints = get_type_hints(settings_class)
    values: dict[str, Any] = {}
    for item in fields(settings_class):
        if "variable" not in item.metadata:
            values[item.name] = read(hints[item.name], env, problems)
            continue
        variable = item.metadata["variable"]
        parse = {str: env.str, int: env.int, bool: env.bool}[hints[item.name]]
        try:
            values[item.name] = parse(variable, item.default)
        except Exception as error:
            problems.append(f"{variable}: {error}")
            continue
        complaint = item.metadata["rule"](values[item.name])
        if complaint is not None:
            shown = "" if item.metadata["secret"] else f", not {values[item.name]!r}"
            problems.append(f"{variable} {complaint}{shown}")
    return settings_class(**values)


class MappedEnv:
    """The three readers of `environs.Env`, over a mapping instead of the process environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def str(self, name: Any, default: Any) -> Any:
        return self._environ.get(name, default)

    def int(self, name: Any, default: Any) -> Any:
        return int(self._environ[name]) if name in self._environ else default

    def bool(self, name: Any, default: Any) -> Any:
        if name not in self._environ:
            return default
        text = self._environ[name].lower()
        if text not in ("true", "1", "yes", "on", "false", "0", "no", "off"):
            raise ValueError(f"Not a valid boolean: {text}")
        return text in ("true", "1", "yes", "on")
