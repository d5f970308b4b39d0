"""A clerk in the stockroom who speaks HTTP."""

from __future__ import annotations

import itertools
import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from backend.inventory.permission import InventoryPermission
from tests.factories.user import staff_headers

S = "/admin/v1/stock"
_keys = itertools.count(1)


class Desk:
    """Somebody who may do everything in inventory; every POST is a new intent."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.client = client
        self.headers = staff_headers(app, permissions={permission.value for permission in InventoryPermission})

    def send(self, method: str, path: str, body: Any = None, *, status: int, key: str | None = None) -> Any:
        """The answer's JSON, once its status is as expected."""
        headers = self.headers | {"Idempotency-Key": key or f"intent-number-{next(_keys)}"}
        # Written here: a lone surrogate can be escaped in JSON, and in no UTF-8.
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = self.client.open(f"{S}{path}", method=method, headers=headers, **sent)
        assert answer.status_code == status, answer.data
        return answer.get_json(silent=True)

    def get(self, path: str, **query: Any) -> Any:
        """200, or it fails."""
        answer = self.client.get(f"{S}{path}", query_string=query, headers=self.headers)
        assert answer.status_code == 200, answer.data
        return answer.get_json()


def lines(*pairs: tuple[int, int], **over: Any) -> dict[str, Any]:
    """A body of SKU and units."""
    return {"reason": "test", "lines": [{"sku_id": str(sku_id), "quantity": units} | over for sku_id, units in pairs]}
