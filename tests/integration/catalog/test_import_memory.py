"""A sheet of many SKUs costs no more memory than one of a tenth. In processes of their own: what C takes counts too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.import_memory import write
from tests.support.processes import ROOT

# Below some 6,000 SKUs caches still fill: 17.5 MB for 1,200, 22 for 2,400, 26.2 for 6,000, 26.5 for 24,000.
FEW, MANY = (5_000, 50_000) if "SOAK" in os.environ else (3_000, 9_000)
PRODUCTS = 3
_ALLOWED_KIB = 6_000
"""What allocators, caches and SQLite's page cache may take beside the import itself."""


@pytest.fixture(scope="session")
def database_kind() -> str:
    """One is enough: each process has a SQLite file of its own."""
    return "sqlite"


def figures(folder: Path, format: str, skus: int) -> dict[str, float]:
    """What an import of so many SKUs took."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.support.import_memory"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    sheet = folder / f"sheet.{format}"
    write(sheet, skus)
    done = subprocess.run([*command, str(sheet)], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert found["skus"] == skus // PRODUCTS * PRODUCTS
    return found


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_sheet(tmp_path: Path, format: str) -> None:
    few, many = (figures(tmp_path / str(skus), format, skus) for skus in (FEW, MANY))
    print(format, few, many)
    assert many["peak_kib"] < few["peak_kib"] * 1.15 + _ALLOWED_KIB, (few, many)
