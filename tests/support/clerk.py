"""A member of staff at Swagger UI, without the browser: bodies are the document's examples, a few words changed."""

from __future__ import annotations

import uuid
from typing import Any

import requests

_SECONDS = 20
_METHODS = ("get", "post", "put", "delete")


class Clerk:
    """One who is logged in, and what the document of the shop at `url` tells them."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False
        said = self._session.get(f"{url}/openapi/staff.json", timeout=_SECONDS).json()
        self._operations = {
            path[method]["operationId"]: (method, address, path[method])
            for address, path in said["paths"].items()
            for method in _METHODS
            if method in path
        }
        login = {"grant_type": "password", "username": username, "password": password}
        token = self._session.post(f"{url}/admin/v1/auth/token", data=login, timeout=_SECONDS)
        assert token.ok, token.text
        self._session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"

    def example(self, operation: str) -> Any:
        """The body that stands in the form."""
        said = self._operations[operation][2]["requestBody"]["content"]["application/json"]
        named = (one["value"] for one in said.get("examples", {}).values())
        return said["example"] if "example" in said else next(named)

    def execute(
        self,
        operation: str,
        body: dict[str, Any] | None = None,
        *,
        status: int,
        whole: bool = False,
        query: dict[str, Any] | None = None,
        file: tuple[str, bytes] | None = None,
        **ids: str,
    ) -> Any:
        """The answer to the example with what `body` says otherwise, or to nothing but the `whole` body.

        None when it has no content.
        """
        method, address, said = self._operations[operation]
        if not whole and "application/json" in said.get("requestBody", {}).get("content", {}):
            body = {**self.example(operation), **(body or {})}
        answer = self._session.request(
            method,
            self.url + address.format(**ids),
            json=body,
            params=query,
            files=file and {"file": file},
            headers={"Idempotency-Key": uuid.uuid4().hex},
            timeout=_SECONDS,
        )
        assert answer.status_code == status, f"{operation}: {answer.status_code} {answer.text}"
        assert str(status) in said["responses"], f"{operation}: {status} is not documented"
        return answer.json() if answer.content else None
