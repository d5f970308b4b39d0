"""What a mini-program must ask its customer for: WeChat delivers a message only to who subscribed to its template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.notification.domain.delivery import Kind
from backend.notification.domain.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Template:
    """The id of the template that tells `kind`."""

    kind: Kind
    template_id: str


class Subscribing:
    """From the settings alone: nothing is stored about who agreed, WeChat knows it."""

    def __init__(self, plans: Mapping[Kind, Plan]) -> None:
        self.plans = plans

    def templates(self) -> list[Template]:
        """Those that are configured, in the order of an order's life."""
        return [
            Template(kind=kind, template_id=self.plans[kind].template_id)
            for kind in Kind
            if kind in self.plans and self.plans[kind].is_configured()
        ]
