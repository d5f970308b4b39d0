"""Where a request comes from, as throttles and lock-outs count it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from flask import request

# What one subscriber is given: whoever has one IPv6 address has all of its /64.
_SUBSCRIBER_BITS = 64


def client_network() -> str:
    """Of the running request; behind proxies the address that TRUSTED_PROXIES makes of it."""
    return network_of(request.remote_addr)


def network_of(address: str | None) -> str:
    """An IPv4 address as it is, the /64 of an IPv6 address; what is no address (a UNIX socket) shares one name."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return "unknown"
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    subscriber = int(known) >> (128 - _SUBSCRIBER_BITS) << (128 - _SUBSCRIBER_BITS)
    return f"{IPv6Address(subscriber)}/{_SUBSCRIBER_BITS}"
