"""docker-compose.yml as compose would read it, and what must hold of it; each rule returns what it has to say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?:(:[?-])([^}]*))?\}")
_PINNED = re.compile(r"^[\w./-]+:\d+\.\d+[\w.-]*$")
_SECRET = re.compile(r"(?i)(password|secret|key|auth|token|_pass$)")
# Settings that are not the operator's, and why.
NOT_PASSED = {
    "APP_DEBUG": "refused in production",
    "WECHAT_STAND_IN": "refused in production",
    "WECHAT_API_URL": "there is one WeChat; the simulator never stands behind production",
    "WECHAT_PAY_URL": "there is one WeChat; the simulator never stands behind production",
    "STORAGE_FOLDER": "the image's own folder, with the volume mounted there",
    "HEARTBEAT_FILE": "set by the image; the health checks read it there",
    "LOG_FOLDER": "the containers write to stdout only, their file system is read-only",
}
# Health of what runs once and ends is its exit code.
RUNS_ONCE = {"migrate": "ends by itself; the others wait for service_completed_successfully"}


@dataclass(frozen=True)
class Compose:
    """One compose file: `text` as written, `services` with anchors and merges resolved."""

    text: str

    @cached_property
    def services(self) -> dict[str, dict[str, Any]]:
        services: dict[str, dict[str, Any]] = self.document["services"]
        return services

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = yaml.safe_load(self.text)
        return document

    @property
    def ours(self) -> dict[str, dict[str, Any]]:
        """Services that run the shop's image."""
        return {name: service for name, service in self.services.items() if _target(service) == "shop"}

    def environment(self, service: str) -> dict[str, str]:
        """Variable → value, without those that are passed on as the operator has them."""
        given = self.services[service].get("environment", {})
        return {name: str(value) for name, value in given.items() if value is not None}

    def passed_on(self, service: str) -> set[str]:
        """Variables without a value: set when .env or the shell has one, else not."""
        return {name for name, value in self.services[service].get("environment", {}).items() if value is None}

    def asked(self) -> set[str]:
        """Every variable that .env may set."""
        return {name for name, *_ in self.variables()}.union(*map(self.passed_on, self.services))

    def variables(self) -> list[tuple[str, str, str]]:
        """(name, ":?" or ":-" or "", what follows) of every ${…} outside of comments."""
        body = "\n".join(line for line in self.text.splitlines() if not line.lstrip().startswith("#"))
        return [(name, kind, rest) for name, kind, rest in VARIABLE.findall(body)]

    def queues(self) -> dict[str, list[str]]:
        """Service → the queues its worker consumes, as its -Q says."""
        return {
            name: service["command"][service["command"].index("-Q") + 1].split(",")
            for name, service in self.ours.items()
            if "worker" in service["command"]
        }


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with every ${…} replaced as compose does: a value, else the default, else KeyError; $$ is a dollar."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if values.get(name):
            return values[name]
        if kind == ":-":
            return str(rest)
        raise KeyError(name)

    return VARIABLE.sub(value, text).replace("$$", "$")


def problems_of_keys(compose: Compose) -> Iterator[str]:
    """No mapping names a key twice: PyYAML takes the last, compose refuses the whole file."""
    waiting = [yaml.compose(compose.text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            yield from (f"{key} is written twice" for key in sorted(set(keys)) if keys.count(key) > 1)
            waiting += [value for _, value in node.value]


def problems_of_health(compose: Compose) -> Iterator[str]:
    """Every service says whether it is well, and nobody waits for one that cannot."""
    for name, service in compose.services.items():
        check = service.get("healthcheck", {})
        if name not in RUNS_ONCE and (not check.get("test") or check.get("disable")):
            yield f"{name} has no health check"
        for other, wanted in service.get("depends_on", {}).items():
            if other not in compose.services:
                yield f"{name} waits for {other}, which does not exist"
            elif (wanted["condition"] == "service_healthy") == (other in RUNS_ONCE):
                yield f"{name} waits for {other} to be {wanted['condition']}"


def problems_of_images(compose: Compose) -> Iterator[str]:
    """What is not built here has a version."""
    for name, service in compose.services.items():
        if "build" not in service and not _PINNED.match(service["image"]):
            yield f"{name}: {service['image']} is not pinned"


def problems_of_secrets(compose: Compose) -> Iterator[str]:
    """No secret has a default, none is written down, and what is published is so on the loopback interface."""
    for name, kind, rest in compose.variables():
        if _SECRET.search(name) and kind != ":?" and rest and name != "WECHAT_KEYS_DIR":
            yield f"{name} has a default"
    for service in compose.services:
        for name, value in compose.environment(service).items():
            if _SECRET.search(name) and not name.endswith(("_FILE", "_ID")) and "${" not in value:
                yield f"{service}: {name} is written down"
        for port in compose.services[service].get("ports", []):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{service} publishes {port} to the world"


def problems_of_variables(compose: Compose, example: str, settings: set[str], documented: set[str]) -> Iterator[str]:
    """What is asked of the operator stands in `example`; what is given to the shop is a setting or `documented`."""
    lines = _shown(example)
    shown = dict(lines)
    yield from (f"{name} is in .env.compose.example twice" for name in shown if [n for n, _ in lines].count(name) > 1)
    for name, kind, _rest in compose.variables():
        if kind == ":?" and shown.get(name, "") != "":
            yield f"{name} must be asked for, empty and not commented out"
    for name in compose.asked() - shown.keys():
        yield f"{name} is not in .env.compose.example"
    for name in shown.keys() - compose.asked():
        yield f"{name} is in .env.compose.example, and nobody reads it"
    for service in compose.ours:
        given = compose.environment(service).keys() | compose.passed_on(service)
        for name in given - settings - documented:
            yield f"{service}: nobody reads {name}"
        for name in settings - given - NOT_PASSED.keys():
            yield f"{service}: {name} is a setting, and an operator cannot set it"
    for name in NOT_PASSED.keys() - settings:
        yield f"{name} is no setting (any more)"


def _shown(example: str) -> list[tuple[str, str | None]]:
    """(variable, its value) line by line; None when the line is a comment."""
    lines = re.findall(r"(?m)^(# )?([A-Z0-9_]+)=(.*)$", example)
    return [(name, None if comment else value) for comment, name, value in lines]


def problems_of_queues(compose: Compose, queues: list[str]) -> Iterator[str]:
    """Every queue has exactly one kind of worker."""
    consumed = [queue for names in compose.queues().values() for queue in names]
    for queue in sorted({*consumed, *queues}):
        if queue not in queues:
            yield f"{queue} is no queue of ours"
        elif consumed.count(queue) != 1:
            yield f"{queue} is consumed by {consumed.count(queue)} services"


def _target(service: Mapping[str, Any]) -> str:
    build = service.get("build", {})
    return str(build.get("target", "")) if isinstance(build, dict) else json.dumps(build)
