"""What a job leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    """A file a run has stored under `key`, offered to people as `filename`."""

    key: str
    filename: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Numbers for the job's context (JSON), and files by name."""

    result: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, ResultFile] = field(default_factory=dict)
