"""The three guards. Every view carries exactly one; `check_all_routes_guarded` refuses to start otherwise.

@blueprint.route("/orders", methods=["POST"])
@buyer
def place_order(...): ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g

from kit.log.context import set_actor
from kit.security.error import PermissionMissing, TokenInvalid
from kit.security.permission import Permission
from kit.security.subject import Subject, SubjectKind, subject_source
from kit.security.token import read_access_token

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


@dataclass(frozen=True)
class Guard:
    """What a view declares about itself; also read by the OpenAPI documents and by the architecture tests."""

    kind: SubjectKind | None
    permissions: tuple[Permission, ...] = ()
    reason: str = ""


class UnguardedRoute(RuntimeError):
    """A route without a guard: the application refuses to start."""


def public(reason: str) -> Callable[[View[P, R]], View[P, R]]:
    """Open to everybody, because of `reason`."""
    if not reason.strip():
        raise ValueError("@public needs a reason")

    def decorate(view: View[P, R]) -> View[P, R]:
        view.__guard__ = Guard(None, reason=reason)  # type: ignore[attr-defined]  # a mark on a function
        return view

    return decorate


def buyer(view: View[P, R]) -> View[P, R]:
    """Only a logged-in customer."""
    return _guarded(view, Guard(SubjectKind.MEMBER))


def staff(view: View[P, R]) -> View[P, R]:
    """Any logged-in member of staff: their own session and profile, nothing else."""
    return _guarded(view, Guard(SubjectKind.STAFF, reason="own session"))


def requires(*permissions: Permission) -> Callable[[View[P, R]], View[P, R]]:
    """Only staff who hold every one of `permissions`."""
    if not permissions:
        raise ValueError("@requires needs at least one permission")
    return lambda view: _guarded(view, Guard(SubjectKind.STAFF, permissions))


def _guarded(view: View[P, R], guard: Guard) -> View[P, R]:
    @functools.wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        g.subject = _admit(guard)
        set_actor(g.subject.actor)
        return view(*args, **kwargs)

    checked.__guard__ = guard  # type: ignore[attr-defined]  # a mark on a function
    return checked


def _admit(guard: Guard) -> Subject:
    claims = read_access_token()
    if claims.kind is not guard.kind:
        raise TokenInvalid
    subject = subject_source().find(kind=claims.kind, subject_id=claims.subject_id, session_id=claims.session_id)
    if subject is None:
        raise TokenInvalid
    for permission in guard.permissions:
        if permission.value not in subject.permissions:
            raise PermissionMissing(permission=permission.value)
    return subject


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """The guard a view declares, if any."""
    return getattr(view, "__guard__", None)


def check_all_routes_guarded(app: Flask) -> None:
    """Default deny, at start-up. Raises `UnguardedRoute` naming every route without a guard."""
    naked = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if guard_of(app.view_functions[rule.endpoint]) is None
    )
    if naked:
        raise UnguardedRoute("routes without @public, @buyer, @staff or @requires: " + ", ".join(naked))
