"""Whether a server answers, asked in its own protocol: an open port proves nothing (a hung process still has one)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRWPair
from urllib.parse import unquote, urlsplit

from .failures import NoAnswer


def mysql(url: str, timeout: float) -> str:
    """The version in the greeting. The server speaks first; it greets only once it takes connections."""
    with _conversation(url, 3306, timeout) as peer:
        length = int.from_bytes(_exactly(peer, 4)[:3], "little")
        greeting = _exactly(peer, length)
        if greeting[0] == 0xFF:
            raise NoAnswer(greeting[3:].decode(errors="replace"))
        if greeting[0] != 10:
            raise NoAnswer("something else than MySQL is listening")
        version = greeting[1 : greeting.index(0, 1)].decode()
        return version.removeprefix("5.5.5-")  # MariaDB's prefix for old replicas


def redis(url: str, timeout: float) -> str:
    with _conversation(url, 6379, timeout) as peer:
        password = urlsplit(url).password
        if password is not None:
            user = urlsplit(url).username
            _redis_says(peer, "AUTH", *([unquote(user)] if user else []), unquote(password))
        if _redis_says(peer, "PING") != "PONG":
            raise NoAnswer("something else than Redis is listening")
        size = int(_redis_says(peer, "INFO", "server"))
        facts = dict(line.split(":", 1) for line in _exactly(peer, size).decode().splitlines() if ":" in line)
        return facts["redis_version"]


def _redis_says(peer: BufferedRWPair, *words: str) -> str:
    parts = [f"*{len(words)}\r\n".encode()]
    parts += [b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words]
    peer.write(b"".join(parts))
    peer.flush()
    line = peer.readline().decode(errors="replace").strip()
    if not line:
        raise NoAnswer("closed the connection")
    if line[0] == "-":
        raise NoAnswer(line[1:])
    return line[1:]


def amqp(url: str, timeout: float) -> str:
    """Logs in, opens the virtual host and leaves politely: only a node whose application runs goes along with that."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or "guest"), unquote(parts.password or "guest")
    vhost = unquote(parts.path[1:]) or "/"
    with _conversation(url, 5672, timeout) as peer:
        peer.write(b"AMQP\x00\x00\x09\x01")
        start = _amqp_expect(peer, 10)
        login = b"\0" + user.encode() + b"\0" + password.encode()
        _amqp_send(peer, 11, _TELL_WHY_REFUSED + _short("PLAIN") + _long(login) + _short("en_US"))
        limits = _amqp_expect(peer, 30)
        no_heartbeat = b"\0\0"
        _amqp_send(peer, 31, limits[:6] + no_heartbeat)
        _amqp_send(peer, 40, _short(vhost) + _short("") + b"\0")
        _amqp_expect(peer, 41)
        _amqp_send(peer, 50, struct.pack(">H", 200) + _short("") + struct.pack(">HH", 0, 0))
        _amqp_expect(peer, 51)
        return _amqp_version(start)


def _amqp_send(peer: BufferedRWPair, method: int, arguments: bytes) -> None:
    """A method of class 10, `connection`, on channel 0: the only class a handshake needs."""
    payload = struct.pack(">HH", 10, method) + arguments
    peer.write(struct.pack(">BHI", 1, 0, len(payload)) + payload + b"\xce")


def _amqp_expect(peer: BufferedRWPair, expected: int) -> bytes:
    peer.flush()
    kind, _channel, size = struct.unpack(">BHI", _exactly(peer, 7))
    if kind != 1:
        raise NoAnswer("something else than AMQP 0-9-1 is listening")
    payload = _exactly(peer, size + 1)[:-1]
    class_, method = struct.unpack(">HH", payload[:4])
    if (class_, method) == (10, 50):
        raise NoAnswer(payload[7 : 7 + payload[6]].decode(errors="replace"))
    if (class_, method) != (10, expected):
        raise NoAnswer(f"answered with method {class_}.{method} where 10.{expected} was due")
    return payload[4:]


def _amqp_version(start: bytes) -> str:
    key = b"\x07versionS"
    at = start.find(key)
    if at < 0:
        return "unknown"
    (size,) = struct.unpack_from(">I", start, at + len(key))
    return start[at + len(key) + 4 :][:size].decode()


def _short(text: str) -> bytes:
    return bytes([len(text.encode())]) + text.encode()


def _long(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


# A table of client properties: without this capability RabbitMQ hangs up on a wrong password and says nothing.
_TELL_WHY_REFUSED = _long(_short("capabilities") + b"F" + _long(_short("authentication_failure_close") + b"t\1"))


def _exactly(peer: BufferedRWPair, size: int) -> bytes:
    received = peer.read(size)
    if len(received) < size:
        raise NoAnswer("closed the connection")
    return received


@contextmanager
def _conversation(url: str, usual_port: int, timeout: float) -> Iterator[BufferedRWPair]:
    try:
        parts = urlsplit(url)
        address = (parts.hostname or "127.0.0.1", parts.port or usual_port)
        with socket.create_connection(address, timeout) as connection, connection.makefile("rwb") as peer:
            yield peer
    except TimeoutError as error:
        raise NoAnswer(f"silent for {timeout:g} s") from error
    except OSError as error:
        raise NoAnswer(error.strerror or str(error)) from error
    except (ValueError, LookupError, struct.error) as error:
        raise NoAnswer(f"no sense in its answer: {error}") from error
