"""What is plugged into approval asks for rights that exist."""

from __future__ import annotations

from backend.app import all_permissions
from backend.approval.wiring import services
from tests.support.testapp import make_app, test_settings


def test_every_action_takes_a_right_that_can_be_given() -> None:
    known = {permission.value for permission in all_permissions()}
    with make_app(test_settings(database_url="sqlite://")).app_context():
        executors = services().submitting.executors.all()
        assert {executor.action: executor.right for executor in executors if executor.right not in known} == {}
        assert len(executors) >= 14
