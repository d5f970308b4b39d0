"""A change is wanted: done at once when no rule minds or the right is there, else kept until others agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.approval.domain import payload as frozen
from backend.approval.domain.condition import exact
from backend.approval.domain.error import AlreadyResubmitted, NobodyCanDecide, SubjectGone, SubjectMoved
from backend.approval.domain.port import Executor, Mandate
from backend.approval.domain.request import Draft, Request, StepRole
from backend.approval.domain.right import ACT_DIRECTLY, DECIDE
from backend.approval.domain.rule import Rule, merged_steps, undecidable
from backend.approval.repository.request import RequestRepository
from backend.approval.repository.rule import RuleRepository
from backend.approval.service.executors import Executors, refusals_told
from backend.approval.service.holding import hold_files
from backend.user import facade as user
from kit.security.error import PermissionMissing
from kit.service.transaction import rehearse, transactional

_STAFF = "staff:"
_SYSTEM = "system:"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants done. `requester` is ``staff:42``, or ``system:…`` for the program itself.

    `subject_version` None: they did not look, so it is made against the subject as it is now. `directly`: another right
    of theirs lets them act without asking, and it is recorded all the same.
    """

    action: str
    subject: str
    subject_version: int | None
    payload: Any
    requester: str
    reason: str = ""
    directly: bool = False
    origin_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What came of it: `applied` with the executor's `result`, or pending. `request_id` when a request was written."""

    applied: bool
    result: Any = None
    request_id: int | None = None


class Submitting:
    """Joins the transaction of the context whose change it is."""

    def __init__(self, executors: Executors, rules: RuleRepository, requests: RequestRepository) -> None:
        self.executors = executors
        self.rules = rules
        self.requests = requests

    @transactional
    def submit(self, wish: Wish, *, now: datetime) -> Submission:
        """Apply or keep. Raises `SubjectMoved`, `SubjectGone`, `NobodyCanDecide`, and what the executor refuses."""
        executor = self.executors.of(wish.action)
        requester_id = _staff_id(wish.requester)
        text = frozen.canonical(wish.payload)
        payload = frozen.opened(text)
        version = _current(executor, wish, payload)
        asking = self._asking(executor, wish.subject, payload)
        if not asking:
            result = executor.apply(wish.subject, payload, Mandate(actor=wish.requester, reason=wish.reason), now)
            return Submission(applied=True, result=result)
        draft = _draft(executor, wish, version, text, asking)
        if wish.directly or requester_id is None or user.may(staff_id=requester_id, permission=ACT_DIRECTLY):
            request = Request.applied_directly(draft, at=now)
            result = executor.apply(wish.subject, payload, request.mandate(), now)
            self.requests.add_new(request)
            return Submission(applied=True, result=result, request_id=request.id)
        roles = self._roles(merged_steps(asking), requester_id)
        hours = min(rule.expiry_hours for rule in asking)
        request = Request.submit(draft, roles=roles, hours=hours, at=now)
        # Before the trial: a file that it finds is there until the request has ended.
        hold_files(request)
        # What cannot be done today is refused today, as without a rule, and not when somebody has agreed to it.
        rehearse(lambda: executor.apply(wish.subject, payload, Mandate(actor=wish.requester, reason=wish.reason), now))
        self.requests.add_new(request)
        return Submission(applied=False, request_id=request.id)

    @transactional
    def resubmit(self, request_id: int, *, staff_id: int, comment: str, now: datetime) -> Submission:
        """The same payload against the subject and the rules of today. Raises `RequestNotFound`, `NotRequester`,
        `NotResubmittable`, `AlreadyResubmitted`, `PayloadTampered`, `PermissionMissing` when they may not want it any
        more, `SubjectGone`, `ApplyRefused`, and what `submit` does.
        """
        old = self.requests.lock(request_id)
        repeated_by = self.requests.repetition_of(request_id)
        old.resubmit(staff_id, comment=comment, at=now)
        if repeated_by is not None:
            raise AlreadyResubmitted(errors={"request_id": str(repeated_by)})
        payload = old.opened()
        right = self.executors.of(old.action).right
        if not user.may(staff_id=staff_id, permission=right):
            raise PermissionMissing(permission=right)
        with refusals_told():
            return self._again(old, payload, comment, now)

    def _again(self, old: Request, payload: Any, comment: str, now: datetime) -> Submission:
        wish = Wish(
            action=old.action,
            subject=old.subject,
            subject_version=None,
            payload=payload,
            requester=old.requester,
            reason=comment or old.reason,
            origin_id=old.id,
        )
        return self.submit(wish, now=now)

    def _asking(self, executor: Executor, subject: str, payload: Any) -> Sequence[Rule]:
        rules = self.rules.enabled_for({executor.action, *executor.also})
        if any(rule.action != executor.action for rule in rules):
            judged_as = {executor.action, *executor.acts_as(subject, payload)}
            rules = [rule for rule in rules if rule.action in judged_as]
        if not rules:
            return []
        facts = exact(executor.facts_of(subject, payload))
        return [rule for rule in rules if rule.asks_for(facts)]

    def _roles(self, role_ids: Sequence[int], requester_id: int) -> list[StepRole]:
        """The steps' roles as they are now; each has somebody of its own who may decide. Raises `NobodyCanDecide`."""
        cards = user.roles(ids=role_ids)
        holders = user.holders_of(role_ids=role_ids, permission=DECIDE)
        others = {role_id: set(holders[role_id]) - {requester_id} for role_id in role_ids}
        empty = undecidable(role_ids, others)
        if empty:
            names = [cards[role_id].name if role_id in cards else str(role_id) for role_id in empty]
            raise NobodyCanDecide(errors={"roles": names})
        return [StepRole(role_id, cards[role_id].code, cards[role_id].name) for role_id in role_ids]


def _staff_id(requester: str) -> int | None:
    if requester.startswith(_STAFF):
        return int(requester.removeprefix(_STAFF))
    if requester.startswith(_SYSTEM):
        return None
    raise ValueError(f"{requester} can neither ask for approval nor act directly")


def _name_of(requester_id: int | None) -> str:
    """As it is now: lists show it without asking again."""
    return "" if requester_id is None else user.staff(ids=[requester_id])[requester_id].name


def _current(executor: Executor, wish: Wish, payload: Any) -> int:
    current = executor.version(wish.subject, payload)
    if current is None:
        raise SubjectGone
    if wish.subject_version not in (None, current):
        raise SubjectMoved(current=current, yours=wish.subject_version)
    return current


def _draft(executor: Executor, wish: Wish, version: int, text: str, asking: Sequence[Rule]) -> Draft:
    payload, requester_id = frozen.opened(text), _staff_id(wish.requester)
    return Draft(
        action=wish.action,
        subject=wish.subject,
        subject_version=version,
        title=executor.title(wish.subject, payload)[:200],
        payload=text,
        changes=[change.as_json() for change in executor.diff(wish.subject, payload)],
        because=[str(rule) for rule in asking],
        requester=wish.requester,
        requester_id=requester_id,
        requester_name=_name_of(requester_id),
        reason=wish.reason,
        origin_id=wish.origin_id,
    )
