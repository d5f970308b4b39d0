"""What other contexts hear of staff and roles: active ones, as they are now, with one statement each."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from backend.user import facade as user
from backend.user.domain.staff import Staff, StaffStatus
from kit.db.extension import db
from kit.service.transaction import in_transaction
from tests.factories.approval import make_member
from tests.factories.statements import counted_statements
from tests.factories.user import make_role, make_staff


def leave(staff_id: int) -> None:
    change = update(Staff).where(Staff.id == staff_id).values(status=StaffStatus.INACTIVE)
    in_transaction(lambda: db.session.execute(change))


def test_holders_need_the_role_and_by_any_role_the_permission(app: Flask) -> None:
    plain, deciding = make_role("approval:read"), make_role("approval:decide")
    both, gone = make_member(plain, deciding), make_member(plain, deciding)
    only_plain, only_deciding = make_member(plain), make_member(deciding)
    leave(gone)
    with counted_statements() as statements:
        found = user.holders_of(role_ids=[plain, deciding, 4711], permission="approval:decide")
    assert found == {plain: (both,), deciding: tuple(sorted([both, only_deciding])), 4711: ()}
    assert only_plain not in found[plain]
    assert len(statements) == 1
    assert user.holders_of(role_ids=[], permission="approval:decide") == {}


def test_an_administrator_may_everything_and_who_left_nothing(app: Flask) -> None:
    boss, clerk = make_staff("all"), make_staff({"approval:read"})
    assert user.may(staff_id=boss, permission="approval:decide")
    assert user.may(staff_id=clerk, permission="approval:read")
    assert not user.may(staff_id=clerk, permission="approval:decide")
    leave(boss)
    assert not user.may(staff_id=boss, permission="approval:decide")
    assert not user.may(staff_id=4711, permission="approval:read")


def test_who_may_is_everybody_active_once_with_one_statement(app: Flask) -> None:
    arranging, also = make_role("inventory:arrange"), make_role("inventory:arrange", "inventory:read")
    boss, twice, gone = make_staff("all"), make_member(arranging, also), make_member(arranging)
    make_staff({"inventory:read"})
    leave(gone)
    with counted_statements() as statements:
        assert user.who_may(permission="inventory:arrange") == tuple(sorted([boss, twice]))
    assert len(statements) == 1


def test_a_role_grants_whether_anybody_holds_it_or_not(app: Flask) -> None:
    nobodys, plain = make_role("approval:decide"), make_role("approval:read")
    make_member(plain, nobodys)
    found = user.roles_granting(role_ids=[nobodys, plain, 4711], permission="approval:decide")
    assert found == {nobodys}
    assert user.roles_granting(role_ids=[], permission="approval:decide") == frozenset()


def test_roles_and_cards(app: Flask) -> None:
    role = make_role("approval:read")
    staff_id = make_member(role, email="a@example.cn")
    assert user.role_ids_of(staff_id=staff_id) == frozenset({role})
    assert user.roles(ids=[role, 4711]).keys() == {role}
    card = user.staff(ids=[staff_id, 4711])[staff_id]
    assert (card.email, card.is_active) == ("a@example.cn", True)
    leave(staff_id)
    assert user.role_ids_of(staff_id=staff_id) == frozenset()
    assert user.staff(ids=[staff_id])[staff_id].is_active is False
    assert (user.staff(ids=[]), user.roles(ids=[])) == ({}, {})
