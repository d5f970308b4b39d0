"""Whoever changes what a colleague may have changed says which version they have seen; a change that may wait, why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from backend.app import create_app
from tests.support.testapp import test_settings

# Changes of something that is there, and why no version is asked for.
WITHOUT_VERSION = {
    "DELETE /admin/v1/media/<id:file_id>": "a file never changes; one in use is refused",
    "DELETE /admin/v1/stock/holds/<id:hold_id>": "a hold never changes",
    "DELETE /admin/v1/stock/counts/<id:count_id>": "a step from state to state; what was entered stays to be read",
    "PUT /admin/v1/stock/counts/<id:count_id>/lines": "figures of this moment: the last count of a line is meant",
    "POST /admin/v1/stock/counts/<id:count_id>/posting": "a step from state to state: once",
    "PUT /admin/v1/stock/skus/<id:sku_id>/tracking": "one switch: who sets it has said all there is",
    "PUT /admin/v1/customers/<id:customer_id>/status": "one switch: who sets it has said all there is",
    "PUT /admin/v1/me/password": "one's own, and it names the old one",
    "POST /admin/v1/staff/<id:staff_id>/password": "replaces what nobody can read",
    "POST /admin/v1/products/<id:product_id>/copy": "changes nothing that is there",
    "POST /admin/v1/approval/requests/<id:request_id>/approve": "names the step",
    "POST /admin/v1/approval/requests/<id:request_id>/reject": "names the step",
    "POST /admin/v1/approval/requests/<id:request_id>/withdraw": "one's own, from state to state",
    "POST /admin/v1/approval/requests/<id:request_id>/resubmit": "one's own, once",
    "POST /admin/v1/approval/requests/<id:request_id>/comments": "adds a line",
    "POST /admin/v1/catalog/imports/<id:job_id>/cancel": "one's own, from state to state",
    "POST /admin/v1/catalog/exports/<id:job_id>/cancel": "one's own, from state to state",
    "POST /admin/v1/orders/<no>/shipment": "a step from state to state: once",
    "POST /admin/v1/orders/<no>/cancel": "a step from state to state: once",
    "POST /admin/v1/me/notices/<id:notice_id>/read": "one's own",
}


@pytest.fixture(scope="module")
def assembled() -> Flask:
    """The application, connected to nothing."""
    return create_app(test_settings(database_url="sqlite://"))


def changes(app: Flask) -> Iterator[tuple[str, Callable[..., Any]]]:
    """``PUT /admin/v1/…`` and its view, of everything staff do to something that is there."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"PUT", "PATCH", "DELETE", "POST"}):
            if rule.rule.startswith("/admin/v1/") and (method != "POST" or "<" in rule.rule):
                yield f"{method} {rule.rule}", app.view_functions[rule.endpoint]


def inputs_of(view: Callable[..., Any]) -> list[type[Schema]]:
    """Of its body and its query string."""
    return list(getattr(view, "__inputs__", {}).values())


def demands(schema: type[Schema], name: str) -> bool:
    """True when the field must be sent, or must be with each of the things that are."""
    for field_name, field in schema().fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if (field_name == name and field.required) or (
            isinstance(inner, fields.Nested) and field.required and demands(type(inner.schema), name)
        ):
            return True
    return False


def unversioned(app: Flask) -> set[str]:
    """Changes that overwrite what their sender has not seen."""
    return {name for name, view in changes(app) if not any(demands(schema, "version") for schema in inputs_of(view))}


def test_every_change_of_staff_names_the_version_it_is_based_on(assembled: Flask) -> None:
    assert unversioned(assembled) == set(WITHOUT_VERSION)
    assert len(list(changes(assembled))) > len(WITHOUT_VERSION) + 15


def test_bulk_changes_name_a_version_for_each(assembled: Flask) -> None:
    bulk = {rule.rule: assembled.view_functions[rule.endpoint] for rule in assembled.url_map.iter_rules()}
    views = [view for rule, view in bulk.items() if "/products/bulk/" in rule]
    assert len(views) == 5
    assert all(demands(schema, "version") for view in views for schema in inputs_of(view))


def test_a_change_that_overwrites_unseen_is_noticed() -> None:
    app = Flask("careless", static_folder=None)
    app.add_url_rule("/admin/v1/things/<id>", "put_thing", lambda: "", methods=["PUT"])
    assert unversioned(app) == {"PUT /admin/v1/things/<id>"}


def test_whatever_may_wait_can_say_why(assembled: Flask) -> None:
    waiting = [view for view in assembled.view_functions.values() if getattr(view, "__may_wait__", False)]
    assert len(waiting) == 18
    for view in waiting:
        told = [schema for schema in inputs_of(view) if "reason" in schema().fields]
        assert len(told) == 1, view.__name__
