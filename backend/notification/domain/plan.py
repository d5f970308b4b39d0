"""How a kind of news is sent: which channel, template and page, and which word stands in which field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.notification.domain.delivery import Channel
from backend.notification.domain.port import Message


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`fields` maps our words (order_no, goods, …) to the template's fields (character_string1, thing3, …)."""

    channel: Channel
    template_id: str
    page: str
    fields: Mapping[str, str]

    def is_configured(self) -> bool:
        """False when the shop has no template for it."""
        return bool(self.template_id)

    def message(self, to: str, order_no: str, words: Mapping[str, str]) -> Message:
        """The message that says `words`, as far as the template has a field for them."""
        return Message(
            to=to,
            template_id=self.template_id,
            page=self.page.replace("{order_no}", order_no),
            fields={field: words[word] for word, field in self.fields.items()},
        )


def fields_of(written: str) -> dict[str, str]:
    """``order_no:character_string1 amount:amount2`` as a mapping; conf.rule has checked it."""
    return dict(pair.split(":") for pair in written.split())
