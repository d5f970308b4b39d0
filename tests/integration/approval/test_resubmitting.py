"""What is stale or has expired is wanted again, by whoever wanted it and still may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.approval.domain.error import AlreadyResubmitted, NotRequester, NotResubmittable, RequestStale
from backend.approval.domain.rule import Rule
from backend.approval.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.error import DomainError
from kit.security.error import PermissionMissing
from kit.service.transaction import in_transaction
from tests.factories.approval import Office, approve, request_row, story, take_roles
from tests.support.unchanged import nothing_changes

HOUR = timedelta(hours=1)


def test_a_stale_request_is_submitted_again_against_what_is_true_now(office: Office, asked: int) -> None:
    office.rename_behind()
    with pytest.raises(RequestStale):
        approve(asked, office.manager)
    made = services().submitting.resubmit(asked, staff_id=office.clerk, comment="再来", now=utc_now())
    assert made.request_id is not None
    again = request_row(made.request_id)
    assert (again.origin_id, again.subject_version, again.changes[0]["old"]) == (asked, office.version(), "别人改的")
    assert (again.payload, again.reason) == (request_row(asked).payload, "再来")
    assert [verb for verb, *_ in story(asked)][-1] == "resubmit"
    with nothing_changes(), pytest.raises(AlreadyResubmitted) as refusal:
        services().submitting.resubmit(asked, staff_id=office.clerk, comment="", now=utc_now())
    assert refusal.value.errors == {"request_id": str(again.id)}
    approve(again.id, office.manager)
    assert office.name() == "新名字"


def test_only_ones_own_stale_or_expired_request_is_submitted_again(office: Office, asked: int) -> None:
    def again(staff_id: int) -> type[DomainError]:
        with nothing_changes(), pytest.raises(DomainError) as refusal:
            services().submitting.resubmit(asked, staff_id=staff_id, comment="", now=utc_now())
        return refusal.type

    assert again(office.clerk) is NotResubmittable
    assert again(office.manager) is NotRequester
    services().following.expire_due(now=utc_now() + 100 * HOUR)
    assert again(office.manager) is NotRequester
    assert services().submitting.resubmit(asked, staff_id=office.clerk, comment="", now=utc_now()).request_id


@pytest.mark.parametrize("asks", [True, False])
def test_who_may_not_want_it_any_more_does_not_submit_it_again(office: Office, asked: int, asks: bool) -> None:
    """Above all when no rule asks any more, so that it would be done at once."""
    office.rename_behind()
    with pytest.raises(RequestStale):
        approve(asked, office.manager)
    in_transaction(lambda: db.session.execute(update(Rule).values(enabled=asks)))
    take_roles(office.clerk)
    with nothing_changes(), pytest.raises(PermissionMissing) as refusal:
        services().submitting.resubmit(asked, staff_id=office.clerk, comment="", now=utc_now())
    assert refusal.value.params == {"permission": "approval:read"}
