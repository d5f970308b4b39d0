"""Calls to the control API."""

from typing import Any

import requests

Answer = dict[str, Any]
CALL_LIMIT_SECONDS = 10


class ControlCalls:
    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/") + "/_control"
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        self._session.close()

    def _post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        return dict(self._call("POST", path, body or {}))

    def _list(self, path: str) -> list[Answer]:
        return list(self._call("GET", path))

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        response = self._session.request(method, self._base + path, json=body, timeout=CALL_LIMIT_SECONDS)
        if not response.ok:
            raise requests.HTTPError(f"{method} {path}: {response.status_code} {response.text}", response=response)
        return response.json()
