"""The messenger of a shop without an AppID: nobody is told anything, and the deliveries say so."""

from __future__ import annotations

from typing import NoReturn

from backend.notification.domain.port import Message, NotConfigured


class UnconfiguredMessenger:
    """Refuses; a serving process in production does not even start like this (conf.production)."""

    def send(self, message: Message) -> NoReturn:
        raise NotConfigured("no mini-program configured")
