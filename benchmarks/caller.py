"""Two ways to call the shop: over a kept-alive socket (measuring), and straight into WSGI (profiling)."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any, Protocol


class UnexpectedAnswer(Exception):
    """The shop did not answer what the scenario needs: such a run measures nothing."""


class Caller(Protocol):
    """One customer's connection."""

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        """The body of a 2xx answer. Raises `UnexpectedAnswer` for any other."""


def json_call(caller: Caller, method: str, path: str, body: object = None, **headers: str) -> Any:
    """JSON in, JSON out."""
    sent = b"" if body is None else json.dumps(body).encode()
    answer = caller.call(method, path, sent, headers)
    return json.loads(answer) if answer else None


class SocketCaller:
    """HTTP/1.1 by hand: a fifth of the cost of http.client, so that the generator is not what is measured."""

    def __init__(self, port: int, *, seconds: float = 20) -> None:
        self._address = ("127.0.0.1", port)
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self._rest = b""

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: benchmark", f"Content-Length: {len(body)}"]
        lines.append("Content-Type: application/json")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in (headers or {}).items()]
        connection = self._socket or self._connect()
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        status, closes, answer = self._read(connection)
        if closes:
            self.close()
        if not 200 <= status < 300:
            raise UnexpectedAnswer(f"{method} {path}: {status} {answer[:300]!r}")
        return answer

    def close(self) -> None:
        """The next call opens a new connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _connect(self) -> socket.socket:
        self._socket = socket.create_connection(self._address, self._seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _read(self, connection: socket.socket) -> tuple[int, bool, bytes]:
        while b"\r\n\r\n" not in self._rest:
            self._receive(connection)
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        fields = dict(line.split(b":", 1) for line in lines[1:])
        status = int(lines[0].split(b" ", 2)[1])
        if b"transfer-encoding" in fields:
            raise UnexpectedAnswer("chunked answers are not understood here")
        length = 0 if status == 204 else int(fields.get(b"content-length", b"0"))
        while len(self._rest) < length:
            self._receive(connection)
        answer, self._rest = self._rest[:length], self._rest[length:]
        return status, fields.get(b"connection", b"").strip() == b"close", answer

    def _receive(self, connection: socket.socket) -> None:
        chunk = connection.recv(65536)
        if not chunk:
            self.close()
            raise UnexpectedAnswer("the server closed the connection")
        self._rest += chunk


class WsgiCaller:
    """Calls the application in this process, without server or sockets."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        answer = self._client.open(path, method=method, data=body, headers=named, content_type="application/json")
        if not 200 <= answer.status_code < 300:
            raise UnexpectedAnswer(f"{method} {path}: {answer.status_code} {answer.data[:300]!r}")
        return bytes(answer.data)
