from datetime import UTC, datetime

import pytest

from backend.user.domain.error import GrantExceeded, PasswordTooWeak, RoleBuiltIn, UsernameInvalid
from backend.user.domain.grant import Grants
from backend.user.domain.role import Role
from backend.user.domain.staff import Applicant, Staff, StaffStatus, acceptable_password, username_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)
EVERYTHING = Grants(everything=True)


def grants(*permissions: str) -> Grants:
    return Grants(permissions=frozenset(permissions))


def role(*permissions: str) -> Role:
    return Role.create(code="clerk", name="店员", permissions=permissions)


@pytest.mark.parametrize(("typed", "kept"), [("Boss", "boss"), (" lin.wei ", "lin.wei"), ("0-a_b", "0-a_b")])
def test_a_username_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert username_of(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "ab", "a" * 33, "_ab", "a b", "管理员", "\u212aate", "admin\x00", "аdmin", "a\nb"]
)
def test_a_username_outside_plain_ascii_is_refused(typed: str) -> None:
    with pytest.raises(UsernameInvalid):
        username_of(typed)


@pytest.mark.parametrize("password", ["0123456789", "x" * 128, "密码密码密码密码密码"])
def test_ten_to_128_characters_make_a_password(password: str) -> None:
    assert acceptable_password(password, username="boss") == password


@pytest.mark.parametrize("password", ["", "012345678", "x" * 129, "shopkeeper1", "ShopKeeper1"])
def test_short_long_and_the_username_itself_make_none(password: str) -> None:
    with pytest.raises(PasswordTooWeak) as refused:
        acceptable_password(password, username="shopkeeper1", field="new_password")

    assert list(refused.value.errors) == ["new_password"]


@pytest.mark.parametrize(
    ("mine", "theirs", "covered"),
    [
        (grants("a", "b"), grants("a"), True),
        (grants("a"), grants("a"), True),
        (grants(), grants(), True),
        (grants("a"), grants("a", "b"), False),
        (grants("a"), EVERYTHING, False),
        (EVERYTHING, grants("a"), True),
        (EVERYTHING, EVERYTHING, True),
    ],
)
def test_nobody_gives_what_they_do_not_hold(mine: Grants, theirs: Grants, covered: bool) -> None:
    assert mine.cover(theirs) is covered
    if not covered:
        with pytest.raises(GrantExceeded):
            mine.must_cover(theirs)


def test_roles_add_up() -> None:
    assert Grants.of([role("a"), role("b", "c")]) == grants("a", "b", "c")
    assert Grants.of([role("a"), Role.administrator()]).everything


def test_changing_a_role_keeps_the_rows_that_stay() -> None:
    clerk = role("a", "b")
    kept = next(row for row in clerk.rows if row.permission == "b")

    clerk.change(name="仓库", permissions=["b", "c"])

    assert (clerk.name, clerk.permissions) == ("仓库", {"b", "c"})
    assert kept in clerk.rows


def test_the_built_in_role_cannot_be_changed() -> None:
    administrator = Role.administrator()

    with pytest.raises(RoleBuiltIn):
        administrator.change(name="x", permissions=["a"])

    assert (administrator.name, administrator.permissions) == ("超级管理员", frozenset())


@pytest.mark.parametrize(("status", "administrator"), [(StaffStatus.ACTIVE, True), (StaffStatus.INACTIVE, False)])
def test_only_an_active_holder_of_everything_is_an_administrator(status: StaffStatus, administrator: bool) -> None:
    applicant = Applicant(username="boss", name="Boss", password_hash="-")
    boss = Staff.hire(applicant, roles=[Role.administrator()], at=NOW)

    boss.change(name="Boss", status=status, roles=boss.roles)

    assert boss.is_administrator is administrator
