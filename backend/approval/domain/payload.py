"""What was asked for, frozen: canonical JSON, and a digest of everything it is tied to."""

from __future__ import annotations

import hashlib
import json
from typing import Any

MAX_BYTES = 1_048_576  # as large as a request body may be


def canonical(payload: Any) -> str:
    """One text for one meaning: sorted keys, no spaces. Raises ValueError for what JSON or UTF-8 cannot say."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"a payload has at most {MAX_BYTES} bytes")
    return text


def opened(text: str) -> Any:
    """What `canonical` froze."""
    return json.loads(text)


def digest(parts: dict[str, Any]) -> str:
    """SHA-256 of what belongs together: a payload moved to another subject is another one."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
