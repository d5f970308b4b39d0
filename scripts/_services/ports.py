"""Free loopback ports that stay free."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_LOWEST = 15_000
_given: set[int] = set()


def free_port() -> int:
    """Below the range the system hands to outgoing connections: a port of that range can be taken while its server is
    down, and a client that keeps knocking at a closed one may even connect to itself."""
    for port in random.sample(range(_LOWEST, _first_ephemeral()), k=1000):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise OSError("no free loopback port found")


def _first_ephemeral() -> int:
    try:
        first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        first = 32_768
    return first if first > _LOWEST + 2000 else 32_768


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
