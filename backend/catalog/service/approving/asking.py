"""The door through which staff change the catalogue: at once, or when others have agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.error import ProductNotFound
from backend.catalog.domain.facts import ProductFacts, SkuLine
from backend.catalog.domain.payload import category_payload, product_payload, rule_payload
from backend.catalog.domain.pricing import PriceRule
from backend.catalog.domain.tree import CategoryFacts
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.service.approving import actions
from backend.catalog.service.approving.action import about
from backend.catalog.service.bulk import Bulk, Pick
from backend.catalog.service.editing import Editing
from kit.domain.version import check_version, compare
from kit.service.transaction import transactional


class Asking:
    """Every method raises what the change itself is refused for, `StaleVersion` (bulk: `BulkRefused`) when the sender
    has seen another version, and `NobodyCanDecide`. `actor` is ``staff:42``; `reason` is for those who have to agree.
    A bulk change of products that are not as seen is made all the same, because it says what is wrong with each.
    """

    def __init__(
        self, products: ProductRepository, categories: CategoryRepository, editing: Editing, bulk: Bulk
    ) -> None:
        self.products = products
        self.categories = categories
        self.editing = editing
        self.bulk = bulk

    @transactional
    def add_category(self, facts: CategoryFacts, *, actor: str, reason: str, now: datetime) -> approval.Submission:
        """The result is its id."""
        subject = f"category-below:{facts.parent_id or 'root'}"
        return _submit(actions.CATEGORY_CREATE, subject, category_payload(facts), actor=actor, reason=reason, now=now)

    @transactional
    def change_category(
        self, category_id: int, facts: CategoryFacts, *, version: int, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """Rename, move, reorder, show or hide."""
        self._check_category(category_id, version)
        return _submit(
            actions.CATEGORY_UPDATE,
            f"category:{category_id}",
            category_payload(facts),
            actor=actor,
            reason=reason,
            now=now,
        )

    @transactional
    def archive_category(
        self, category_id: int, *, version: int, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """One that is empty."""
        self._check_category(category_id, version)
        return _submit(actions.CATEGORY_DELETE, f"category:{category_id}", {}, actor=actor, reason=reason, now=now)

    @transactional
    def create(
        self, code: str, facts: ProductFacts, lines: Sequence[SkuLine], *, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """The result is the draft's id."""
        payload = product_payload(facts, lines) | {"code": code}
        return _submit(actions.PRODUCT_CREATE, f"new:{code}", payload, actor=actor, reason=reason, now=now)

    @transactional
    def copy(
        self,
        product_id: int,
        *,
        code: str,
        title: str | None,
        category_id: int | None,
        actor: str,
        reason: str,
        now: datetime,
    ) -> approval.Submission:
        """A draft like it; the result is its id."""
        facts, lines = self.editing.copied(product_id, title=title, category_id=category_id)
        return self.create(code, facts, lines, actor=actor, reason=reason, now=now)

    @transactional
    def edit(
        self,
        product_id: int,
        facts: ProductFacts,
        lines: Sequence[SkuLine],
        *,
        version: int,
        actor: str,
        reason: str,
        now: datetime,
    ) -> approval.Submission:
        """The whole product as it is to be."""
        return self._of_product(
            actions.PRODUCT_UPDATE,
            product_id,
            version,
            product_payload(facts, lines),
            actor=actor,
            reason=reason,
            now=now,
        )

    @transactional
    def generate(
        self,
        product_id: int,
        *,
        version: int,
        template_id: int | None,
        actor: str,
        reason: str,
        now: datetime,
        **given: Any,
    ) -> approval.Submission:
        """SKUs from combinations; `given` as `Combining.generate` takes them."""
        template = None if template_id is None else str(template_id)
        return self._of_product(
            actions.PRODUCT_GENERATE,
            product_id,
            version,
            {"template_id": template, **given},
            actor=actor,
            reason=reason,
            now=now,
        )

    @transactional
    def put_on_sale(
        self, product_id: int, *, version: int, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """上架."""
        return self._of_product(actions.PRODUCT_ON_SALE, product_id, version, {}, actor=actor, reason=reason, now=now)

    @transactional
    def take_off_sale(
        self, product_id: int, *, version: int, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """下架."""
        return self._of_product(actions.PRODUCT_OFF_SALE, product_id, version, {}, actor=actor, reason=reason, now=now)

    @transactional
    def schedule(
        self,
        product_id: int,
        *,
        on_sale_at: datetime | None,
        off_sale_at: datetime | None,
        version: int,
        actor: str,
        reason: str,
        now: datetime,
    ) -> approval.Submission:
        """定时上下架."""
        moments = {"on_sale_at": on_sale_at, "off_sale_at": off_sale_at}
        texts = {name: moment and moment.isoformat() for name, moment in moments.items()}
        return self._of_product(
            actions.PRODUCT_SCHEDULE, product_id, version, texts, actor=actor, reason=reason, now=now
        )

    @transactional
    def delete(
        self, product_id: int, *, erase: bool, version: int, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """Archived, or gone for good."""
        return self._of_product(
            actions.PRODUCT_DELETE, product_id, version, {"erase": erase}, actor=actor, reason=reason, now=now
        )

    @transactional
    def put_many_on_sale(self, picks: Sequence[Pick], *, actor: str, reason: str, now: datetime) -> approval.Submission:
        """批量上架: one request for all. The result is what became of each."""
        if not self.bulk.are_as_seen(picks):
            self.bulk.put_on_sale(picks, now=now)
        return _of_many(actions.PRODUCT_ON_SALE, picks, {}, actor=actor, reason=reason, now=now)

    @transactional
    def take_many_off_sale(
        self, picks: Sequence[Pick], *, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """批量下架: one request for all. The result is what became of each."""
        if not self.bulk.are_as_seen(picks):
            self.bulk.take_off_sale(picks, now=now)
        return _of_many(actions.PRODUCT_OFF_SALE, picks, {}, actor=actor, reason=reason, now=now)

    @transactional
    def move(
        self, picks: Sequence[Pick], *, category_id: int, actor: str, reason: str, now: datetime
    ) -> approval.Submission:
        """Into another category: one request for all. The result is what became of each."""
        if not self.bulk.are_as_seen(picks):
            self.bulk.move(picks, category_id=category_id, now=now)
        return _of_many(
            actions.PRODUCT_MOVE, picks, {"category_id": str(category_id)}, actor=actor, reason=reason, now=now
        )

    @transactional
    def reprice(
        self, picks: Sequence[Pick], rule: PriceRule, *, reason: str, actor: str, now: datetime
    ) -> approval.Submission:
        """批量改价: one request for all. The result is what became of each, with its prices."""
        if not self.bulk.are_as_seen(picks):
            self.bulk.reprice(picks, rule, dry_run=True, operator=actor, reason=reason, now=now)
        return _of_many(actions.PRODUCT_PRICE, picks, {"rule": rule_payload(rule)}, actor=actor, reason=reason, now=now)

    def _check_category(self, category_id: int, version: int) -> None:
        check_version(self.categories.locked_tree().of_id(category_id), version)

    def _of_product(
        self, name: str, product_id: int, version: int, more: dict[str, Any], **word: Any
    ) -> approval.Submission:
        found = self.products.versions([product_id])
        if product_id not in found:
            raise ProductNotFound
        compare(found[product_id], version)
        subject, payload = about([product_id])
        return _submit(name, subject, payload | more, **word)


def _of_many(name: str, picks: Sequence[Pick], more: dict[str, Any], **word: Any) -> approval.Submission:
    subject, payload = about([pick.product_id for pick in picks])
    return _submit(name, subject, payload | {"bulk": True} | more, **word)


def _submit(name: str, subject: str, payload: Any, *, actor: str, reason: str, now: datetime) -> approval.Submission:
    """What the sender has seen was looked at, under the locks that hold what is submitted."""
    return approval.submit(
        action=name, subject=subject, subject_version=None, payload=payload, actor=actor, reason=reason, now=now
    )
