"""Writes the OpenAPI documents to docs/openapi, or with --check says whether they are current."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from backend.app import create_app
from conf.settings import DatabaseSettings, Settings
from kit.api.pages import DOCUMENTS_KEY

FOLDER = Path(__file__).parents[1] / "docs" / "openapi"


def main() -> int:
    """Returns 1 when a document on disk differs from the code."""
    check = "--check" in sys.argv[1:]
    app = create_app(Settings(database=DatabaseSettings(url="sqlite://")))
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, api in app.extensions[DOCUMENTS_KEY].items():
        text = json.dumps(api.spec.to_dict(), ensure_ascii=False, indent=2) + "\n"
        path = FOLDER / f"{name}.json"
        if check and (not path.exists() or path.read_text() != text):
            stale.append(path.name)
        if not check:
            path.write_text(text)
    if stale:
        sys.stderr.write(f"docs/openapi is stale: {', '.join(stale)}; run `make openapi` and look at the difference\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
