"""Dockerfiles as instructions, and what must hold of them; every rule returns the sentences it has to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KNOWN = {"FROM", "RUN", "COPY", "ENV", "ARG", "WORKDIR", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
_PINNED = re.compile(r"^[\w./-]+:\d+\.\d+[\w.-]*$")


@dataclass(frozen=True)
class Instruction:
    """One line (continuations joined): its word in capitals, and the rest."""

    word: str
    rest: str


@dataclass(frozen=True)
class Stage:
    """What follows one FROM. `base` is an image or an earlier stage."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all(self, word: str) -> list[str]:
        """What stands behind every `word`."""
        return [instruction.rest for instruction in self.instructions if instruction.word == word]

    def copied(self) -> Iterator[tuple[list[str], str]]:
        """(sources, target) of every COPY from the build context."""
        for rest in self.all("COPY"):
            if not rest.startswith("--from="):
                *sources, target = rest.split()
                yield sources, target


def stages(text: str) -> list[Stage]:
    """The file from top to bottom; an ARG before the first FROM belongs to none."""
    found: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.word == "FROM":
            base, _, name = re.sub(r"(?i)\s+as\s+", " AS ", instruction.rest).partition(" AS ")
            found.append(Stage(name or str(len(found)), base, ()))
        elif found:
            last = found[-1]
            found[-1] = Stage(last.name, last.base, (*last.instructions, instruction))
    return found


def problems(text: str, root: Path) -> list[str]:
    """Everything that is wrong with the Dockerfile `text`, whose build context is `root`."""
    read = stages(text)
    names = [stage.name for stage in read]
    found = [f"{i.word} is not an instruction" for i in _instructions(text) if i.word not in KNOWN]
    for index, stage in enumerate(read):
        if stage.base not in names[:index] and not _PINNED.match(stage.base):
            found.append(f"{stage.base} is not pinned")
        for sources, _target in stage.copied():
            found += [f"COPY {source}: it does not exist" for source in sources if not (root / source).exists()]
        for rest in stage.all("COPY"):
            origin = re.match(r"--from=(\S+)", rest)
            if origin and origin[1] not in names[:index]:
                found.append(f"COPY --from={origin[1]}: there is no such stage above")
        found += [f"ENV {entry}: no secret belongs in an image" for entry in stage.all("ENV") if _secret(entry)]
    return found + [f"{stage.name} runs as root" for stage in read if stage.all("CMD") and not _has_user(stage)]


def _has_user(stage: Stage) -> bool:
    return bool(stage.all("USER")) and stage.all("USER")[-1] not in ("root", "0")


def _secret(entry: str) -> bool:
    return re.search(r"(?i)(password|secret|token|_key)\w*=", entry) is not None


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield Instruction(word.upper(), " ".join(rest.split()))
