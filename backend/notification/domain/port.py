"""What notification needs of a way to reach people, in our words, and how a try may end without reaching them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from backend.notification.domain.trying import DeliveryState


@dataclass(frozen=True, kw_only=True)
class Message:
    """What goes out. `to` is the channel's address of somebody (an openid); `fields` are the template's, as text."""

    to: str
    template_id: str
    page: str
    fields: Mapping[str, str]


class NotDelivered(Exception):
    """A try that ended without a message. `leads_to` says where that leaves the delivery."""

    leads_to: ClassVar[DeliveryState]


class NotSubscribed(NotDelivered):
    """The recipient does not want this message, or a message has used their subscription up."""

    leads_to = DeliveryState.REFUSED


class Rejected(NotDelivered):
    """A repetition would be rejected too: template, field or recipient are wrong."""

    leads_to = DeliveryState.FAILED


class NotConfigured(NotDelivered):
    """The shop does not send this: no template, or no account."""

    leads_to = DeliveryState.SKIPPED


class TryAgain(NotDelivered):
    """Not now, or nobody knows whether it arrived."""

    leads_to = DeliveryState.PENDING


class Messenger(Protocol):
    """One way to reach people. Not to be called inside a transaction."""

    def send(self, message: Message) -> None:
        """Returns once the message is taken. Raises one of the `NotDelivered`."""
