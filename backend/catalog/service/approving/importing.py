"""An import changes prices and states by the thousand: whoever may import acts directly, and it is recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.jobs import IMPORT
from backend.catalog.service.approving import actions
from backend.catalog.service.approving.action import Action
from backend.catalog.service.approving.wording import change
from kit.job.requesting import JobRequesting


class ImportCatalog(Action):
    """Payload: the parameters of the job. What the sheet says is read later: no fact is known, so every rule about
    what an import may do counts (ADR 0019).
    """

    action = actions.CATALOG_IMPORT
    zh = "批量导入商品"
    en = "Import products"
    right = "catalog:import"
    also: Sequence[str] = (
        actions.PRODUCT_CREATE,
        actions.PRODUCT_UPDATE,
        actions.PRODUCT_ON_SALE,
        actions.PRODUCT_OFF_SALE,
        actions.PRODUCT_PRICE,
        actions.PRODUCT_SCHEDULE,
        actions.CATEGORY_CREATE,
    )

    def __init__(self, requesting: JobRequesting) -> None:
        self.requesting = requesting

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return self.also

    def version(self, subject: str, payload: Any) -> int | None:
        """A file that was uploaded stays what it is."""
        return 0

    def title(self, subject: str, payload: Any) -> str:
        return str(payload["filename"])

    def diff(self, subject: str, payload: Any) -> Sequence[approval.Change]:
        return [change("file", "导入文件", "Imported file", None, payload["filename"])]

    def apply(self, subject: str, payload: Any, mandate: approval.Mandate, now: datetime) -> Any:
        return self.requesting.queue(kind=IMPORT, owner=mandate.actor, parameters=payload, now=now)
