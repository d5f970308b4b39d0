from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.user.domain.error import (
    GrantExceeded,
    LastAdministrator,
    OwnAccount,
    PasswordTooWeak,
    RoleBuiltIn,
    RoleCodeTaken,
    RoleInUse,
    RoleNotFound,
    StaffNotFound,
    UnknownPermission,
    UnknownRole,
    UsernameTaken,
)
from backend.user.domain.role import Role
from backend.user.domain.session import LoginSession
from backend.user.domain.staff import Staff, StaffStatus
from backend.user.repository.role import RoleRepository
from backend.user.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.domain.version import StaleVersion
from tests.factories.user import PASSWORD, make_role, make_staff, staff_headers
from tests.factories.versions import version_of
from tests.support.threads import at_once
from tests.support.unchanged import nothing_changes

READ, MANAGE, ROLES = "user:read_staff", "user:manage_staff", "user:manage_roles"
ACTIVE, INACTIVE = StaffStatus.ACTIVE, StaffStatus.INACTIVE


def role_ids(staff_id: int) -> list[int]:
    db.session.rollback()
    staff = db.session.get(Staff, staff_id, populate_existing=True)
    assert staff is not None
    return [role.id for role in staff.roles]


def status_of(staff_id: int) -> StaffStatus | None:
    db.session.rollback()
    return db.session.scalar(select(Staff.status).where(Staff.id == staff_id))


def hire(actor_id: int, *roles: int, username: str = "lin.wei", password: str = PASSWORD) -> Staff:
    return services().staff_admin.hire(
        actor_id=actor_id, username=username, name="林薇", password=password, role_ids=roles, now=utc_now()
    )


def change(actor_id: int, staff_id: int, roles: list[int], status: StaffStatus = ACTIVE, name: str = "新名") -> Staff:
    return services().staff_admin.change(
        actor_id=actor_id,
        staff_id=staff_id,
        version=version_of(Staff, staff_id),
        name=name,
        status=status,
        role_ids=roles,
        now=utc_now(),
    )


def test_staff_are_hired_with_roles_within_ones_own(app: Flask) -> None:
    manager, role = make_staff([READ, MANAGE]), make_role(READ)

    hired = hire(manager, role, username="Lin.Wei")

    assert (hired.username, role_ids(hired.id), hired.status) == ("lin.wei", [role], ACTIVE)


def test_nobody_hires_beyond_themselves(app: Flask) -> None:
    make_staff("all")
    administrator = db.session.scalar(select(Role.id).where(Role.all_permissions.is_(True)))
    manager = make_staff([READ, MANAGE])

    for role in (make_role(ROLES), administrator or 0):
        with pytest.raises(GrantExceeded):
            hire(manager, role)

    assert services().staff.of_username("lin.wei") is None


def test_a_taken_name_an_unknown_role_and_a_weak_password_are_refused(app: Flask) -> None:
    boss, missing = make_staff("all", username="boss"), new_id()

    with pytest.raises(UsernameTaken):
        hire(boss, username="BOSS")
    with pytest.raises(UnknownRole) as refused:
        hire(boss, make_role(READ), missing)
    with pytest.raises(PasswordTooWeak):
        hire(boss, password="lin.wei")

    assert refused.value.errors == {"role_ids": [str(missing)]}
    assert db.session.scalars(select(Staff.id)).all() == [boss]


def test_nobody_touches_staff_above_themselves(app: Flask) -> None:
    boss, manager = make_staff("all", username="boss"), make_staff([READ, MANAGE])
    roles = role_ids(boss)

    with pytest.raises(GrantExceeded):
        change(manager, boss, [], INACTIVE)
    with pytest.raises(GrantExceeded):
        services().staff_password.reset(actor_id=manager, staff_id=boss, password="taken over!", now=utc_now())

    assert (role_ids(boss), status_of(boss)) == (roles, ACTIVE)
    assert (
        services()
        .staff_login.log_in(username="boss", password=PASSWORD, network="192.0.2.1", user_agent="", now=utc_now())
        .staff.id
        == boss
    )


def test_nobody_lifts_themselves(app: Flask) -> None:
    manager, more = make_staff([READ, MANAGE]), make_role(ROLES)
    before = role_ids(manager)

    with pytest.raises(GrantExceeded):
        change(manager, manager, [*before, more])

    assert role_ids(manager) == before


def test_one_cannot_dismiss_oneself(app: Flask) -> None:
    boss = make_staff("all")
    make_staff("all")

    with pytest.raises(OwnAccount):
        change(boss, boss, role_ids(boss), INACTIVE)

    assert status_of(boss) is ACTIVE


def test_ones_own_password_is_changed_with_the_current_one_only(app: Flask) -> None:
    boss = make_staff("all")

    with pytest.raises(OwnAccount):
        services().staff_password.reset(actor_id=boss, staff_id=boss, password="0123456789", now=utc_now())


def test_the_last_administrator_stays(app: Flask) -> None:
    boss = make_staff("all")
    roles = role_ids(boss)

    with pytest.raises(LastAdministrator):
        change(boss, boss, [make_role(READ)])

    assert role_ids(boss) == roles
    second = make_staff("all")
    assert change(second, boss, [], INACTIVE).status is INACTIVE
    with pytest.raises(LastAdministrator):
        change(second, second, [])


def test_staff_who_do_not_exist_are_not_found(app: Flask) -> None:
    boss = make_staff("all")

    with pytest.raises(StaffNotFound):
        change(boss, new_id(), [])
    with pytest.raises(StaffNotFound):
        services().staff_password.reset(actor_id=boss, staff_id=new_id(), password="0123456789", now=utc_now())


def test_whoever_is_dismissed_or_given_a_password_is_logged_out(app: Flask) -> None:
    boss, clerk, other = make_staff("all"), make_staff([READ]), make_staff([READ])
    staff_headers(app, clerk)
    staff_headers(app, other)

    change(boss, clerk, role_ids(clerk), INACTIVE)
    services().staff_password.reset(actor_id=boss, staff_id=other, password="0123456789", now=utc_now())

    ended = db.session.execute(select(LoginSession.subject_id, LoginSession.end_reason)).all()
    assert {row.subject_id: row.end_reason for row in ended} == {clerk: "deactivated", other: "password_changed"}


def dismiss_each_other(app: Flask) -> list[Any]:
    first, second = make_staff("all"), make_staff("all")
    roles = role_ids(first)

    def dismiss(actor: int, other: int) -> Callable[[], Any]:
        return lambda: change(actor, other, roles, INACTIVE)

    return [type(result) for result in at_once(app, [dismiss(first, second), dismiss(second, first)])]


@pytest.mark.commits
def test_two_administrators_cannot_dismiss_each_other(app: Flask) -> None:
    results = dismiss_each_other(app)

    assert LastAdministrator in results
    assert services().staff.has_administrator()


@pytest.mark.commits
def test_without_the_lock_nobody_would_be_left(app: Flask, database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    if database_kind == "sqlite":
        pytest.skip("SQLite locks the whole database at BEGIN")
    meet, repository = threading.Barrier(2), services().staff
    has_administrator = repository.has_administrator

    def together() -> bool:
        answer = has_administrator()
        meet.wait(timeout=5)
        return answer

    monkeypatch.setattr(RoleRepository, "lock_administration", lambda _self: None)
    monkeypatch.setattr(RoleRepository, "of_ids", lambda self, ids: self.all(select(Role).where(Role.id.in_(ids))))
    monkeypatch.setattr(repository, "has_administrator", together)

    results = dismiss_each_other(app)

    assert LastAdministrator not in results
    assert not has_administrator()


def test_a_role_is_made_and_changed_within_ones_own_permissions(app: Flask) -> None:
    manager = make_staff([READ, ROLES])
    admin = services().role_admin

    role_id = admin.create(actor_id=manager, code="clerk", name="店员", permissions=[READ, READ]).id
    admin.change(actor_id=manager, role_id=role_id, version=1, name="高级店员", permissions=[READ, ROLES])

    db.session.rollback()
    kept = db.session.get(Role, role_id, populate_existing=True)
    assert kept is not None
    assert (kept.name, kept.permissions, kept.all_permissions) == ("高级店员", {READ, ROLES}, False)
    for attempt in ([READ, MANAGE], [MANAGE]):
        with pytest.raises(GrantExceeded):
            admin.change(actor_id=manager, role_id=role_id, version=2, name="x", permissions=attempt)
        with pytest.raises(GrantExceeded):
            admin.create(actor_id=manager, code="more", name="x", permissions=attempt)


def test_a_role_above_oneself_cannot_be_changed_or_deleted(app: Flask) -> None:
    manager, above = make_staff([READ, ROLES]), make_role(READ, MANAGE)
    admin = services().role_admin

    with pytest.raises(GrantExceeded):
        admin.change(actor_id=manager, role_id=above, version=1, name="x", permissions=[READ])
    with pytest.raises(GrantExceeded):
        admin.delete(actor_id=manager, role_id=above, version=1)


def test_the_built_in_role_stays_as_it_is(app: Flask) -> None:
    boss = make_staff("all")
    (administrator,) = role_ids(boss)
    admin = services().role_admin

    with pytest.raises(RoleBuiltIn):
        admin.change(actor_id=boss, role_id=administrator, version=1, name="x", permissions=[])
    with pytest.raises(RoleBuiltIn):
        admin.delete(actor_id=boss, role_id=administrator, version=1)


def test_unknown_permissions_taken_codes_and_missing_roles_are_refused(app: Flask) -> None:
    boss = make_staff("all")
    make_role(code="clerk")
    admin = services().role_admin

    with pytest.raises(UnknownPermission) as refused:
        admin.create(actor_id=boss, code="x1", name="x", permissions=[READ, "user:fly"])
    with pytest.raises(RoleCodeTaken):
        admin.create(actor_id=boss, code="clerk", name="x", permissions=[])
    with pytest.raises(RoleNotFound):
        admin.delete(actor_id=boss, role_id=new_id(), version=1)

    assert refused.value.errors == {"permissions": ["user:fly"]}


def test_a_role_in_use_cannot_be_deleted(app: Flask) -> None:
    boss, clerk = make_staff("all"), make_staff([READ])
    (used,), free = role_ids(clerk), make_role(READ)
    admin = services().role_admin

    with pytest.raises(RoleInUse):
        admin.delete(actor_id=boss, role_id=used, version=1)
    admin.delete(actor_id=boss, role_id=free, version=1)

    assert used in db.session.scalars(select(Role.id)).all()
    assert free not in db.session.scalars(select(Role.id)).all()


def test_staff_are_changed_by_whoever_has_seen_them(app: Flask) -> None:
    boss, clerk, role = make_staff("all"), make_staff([READ]), make_role(READ)
    before = version_of(Staff, clerk)
    again = {"actor_id": boss, "staff_id": clerk, "name": "新名", "status": ACTIVE, "now": utc_now()}

    changed = services().staff_admin.change(**again, role_ids=[role], version=before)
    only_roles = services().staff_admin.change(**again, role_ids=[], version=changed.version)
    with nothing_changes(), pytest.raises(StaleVersion) as stale:
        services().staff_admin.change(**again, role_ids=[role], version=before)

    assert stale.value.errors == {"version": {"sent": before, "current": before + 2}}
    assert only_roles.version == before + 2  # roles stand in another table, and count all the same


def test_a_role_is_changed_and_deleted_by_whoever_has_seen_it(app: Flask) -> None:
    boss, role_id = make_staff("all"), make_role(READ)
    admin, same = services().role_admin, {"actor_id": boss, "role_id": role_id, "name": "店员"}
    admin.change(**same, permissions=[READ], version=1)
    only_permissions = admin.change(**same, permissions=[READ, ROLES], version=2)
    with nothing_changes():
        for late in (
            partial(admin.change, actor_id=boss, name="x", permissions=[]),
            partial(admin.delete, actor_id=boss),
        ):
            with pytest.raises(StaleVersion) as stale:
                late(role_id=role_id, version=1)
            assert stale.value.errors == {"version": {"sent": 1, "current": 3}}
    assert only_permissions.version == 3
