"""Both Dockerfiles, read as the builder would; every rule has a file that breaks it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from conf.settings import described
from tests.containers.commands import complaint
from tests.containers.dockerfile import problems, stages

ROOT = Path(__file__).parents[2]
FILES = ("Dockerfile", "Dockerfile.dev")
LOCKS = {"shop": "base.txt", "flower": "flower.txt"}


def command_of(rest: str) -> list[str]:
    """The words of CMD ["…"]."""
    words: list[str] = json.loads(rest[rest.index("[") :])
    return words


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_wrong_with_it(name: str) -> None:
    assert problems((ROOT / name).read_text(), ROOT) == []


@pytest.mark.parametrize(
    ("line", "replacement", "found"),
    [
        ("COPY kit kit", "COPY kitt kit", "COPY kitt: it does not exist"),
        ("USER qiyuan\nEXPOSE 8000", "EXPOSE 8000", "shop runs as root"),
        ("USER qiyuan\nEXPOSE 8000", "USER qiyuan\nUSER root\nEXPOSE 8000", "shop runs as root"),
        ("FROM python:3.11-slim-bookworm AS runtime", "FROM python:latest AS runtime", "python:latest is not pinned"),
        ("COPY --from=build /opt", "COPY --from=bild /opt", "COPY --from=bild: there is no such stage above"),
        ("WORKDIR /srv/qiyuan", "WORKDIRR /srv/qiyuan", "WORKDIRR is not an instruction"),
        ("ENV FLASK_APP", "ENV JWT_SECRET=x FLASK_APP", "no secret belongs in an image"),
    ],
)
def test_a_broken_one_is_noticed(line: str, replacement: str, found: str) -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert line in text

    said = problems(text.replace(line, replacement), ROOT)

    assert [sentence for sentence in said if found in sentence] != []


def test_the_default_is_the_shop_and_the_compiler_stays_behind() -> None:
    last = stages((ROOT / "Dockerfile").read_text())[-1]
    assert (last.name, last.base) == ("shop", "runtime")
    assert "COPY --from=build /opt/venv /opt/venv" in [f"COPY {rest}" for rest in last.all("COPY")]
    assert [rest for rest in last.all("RUN") if "pip" in rest] == []


def test_every_dependency_is_checked_against_its_hash() -> None:
    installs = [
        rest for stage in stages((ROOT / "Dockerfile").read_text()) for rest in stage.all("RUN") if "pip" in rest
    ]
    assert len(installs) == 2
    assert [rest for rest in installs if "--require-hashes" not in rest] == []


def test_every_package_of_the_shop_is_in_the_image() -> None:
    shop = stages((ROOT / "Dockerfile").read_text())[-1]
    copied = {source for sources, _ in shop.copied() for source in sources}
    imported = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"scripts", "benchmarks"}
    assert imported | {"migrations", "autoapp.py", "celery_worker.py", "gunicorn.conf.py"} == copied


def test_the_commands_of_the_images_can_start(commands_app: Flask) -> None:
    for stage in stages((ROOT / "Dockerfile").read_text()):
        for rest in (*stage.all("CMD"), *stage.all("HEALTHCHECK")):
            assert complaint(command_of(rest), commands_app, lock=LOCKS[stage.name]) is None


def test_what_the_image_sets_somebody_reads() -> None:
    shop = stages((ROOT / "Dockerfile").read_text())[-1]
    given = {name for entry in shop.all("ENV") for name in re.findall(r"(\w+)=", entry)}
    assert given - {variable for variable, _ in described()} - gunicorn_variables() == {"FLASK_APP"}


def gunicorn_variables() -> set[str]:
    """What gunicorn.conf.py reads from the environment."""
    calls = [
        node for node in ast.walk(ast.parse((ROOT / "gunicorn.conf.py").read_text())) if isinstance(node, ast.Call)
    ]
    return {ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "os.environ.get"}
