"""Staff say which changes need approval."""

from __future__ import annotations

from typing import Any

from backend.approval.domain.error import (
    ActionUnknown,
    FactUnknown,
    RoleCannotDecide,
    RoleUnknown,
    RuleNotFound,
    RuleWithoutSteps,
)
from backend.approval.domain.rule import Rule, RuleDraft
from backend.approval.permission import ApprovalPermission
from backend.approval.schema.rule import (
    ApprovalActionSchema,
    ApprovalRuleChangeSchema,
    ApprovalRuleSchema,
    NewApprovalRuleSchema,
)
from backend.approval.wiring import services
from backend.user import facade as user
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.repository.page import Page
from kit.schema.edit import VersionArguments
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin_rules = StaffBlueprint(
    "approval_rules", __name__, description="审批规则 Which changes wait for whom", tag="审批规则 Approval rules"
)


@admin_rules.route("/approval/actions", methods=["GET"])
@requires(ApprovalPermission.CONFIGURE)
@admin_rules.response(200, page_of(ApprovalActionSchema))
def list_approval_actions() -> Any:
    """What rules may be about (审批动作), and the facts of each, on one page."""
    return Page(services().executors.all(), None)


@admin_rules.route("/approval/rules", methods=["GET"])
@requires(ApprovalPermission.CONFIGURE)
@admin_rules.response(200, page_of(ApprovalRuleSchema))
def list_approval_rules() -> Any:
    """All rules by action, on one page. Of several that apply to a change, the steps of all are asked for."""
    rules, roles = services().query.rules()
    return Page([_shown(rule, roles) for rule in rules], None)


@admin_rules.route("/approval/rules", methods=["POST"])
@requires(ApprovalPermission.CONFIGURE)
@raises(ActionUnknown, FactUnknown, RoleUnknown, RuleWithoutSteps, RoleCannotDecide)
@admin_rules.arguments(NewApprovalRuleSchema)
@admin_rules.response(201, ApprovalRuleSchema)
def create_approval_rule(body: dict[str, Any]) -> Any:
    """Create a rule (新增审批规则). It applies to changes that are submitted from now on."""
    rule = services().configuring.create(body["facts"], by=current_subject().actor, now=utc_now())
    return _shown(rule, user.roles(ids=rule.role_ids))


@admin_rules.route("/approval/rules/<id:rule_id>", methods=["PUT"])
@requires(ApprovalPermission.CONFIGURE)
@raises(RuleNotFound, StaleVersion, ActionUnknown, FactUnknown, RoleUnknown, RuleWithoutSteps, RoleCannotDecide)
@admin_rules.arguments(ApprovalRuleChangeSchema)
@admin_rules.response(200, ApprovalRuleSchema)
def update_approval_rule(body: dict[str, Any], rule_id: int) -> Any:
    """Replace a rule. Requests that wait keep the steps they were submitted with."""
    draft: RuleDraft = body["facts"]
    rule = services().configuring.change(
        rule_id, draft, version=body["version"], by=current_subject().actor, now=utc_now()
    )
    return _shown(rule, user.roles(ids=rule.role_ids))


@admin_rules.route("/approval/rules/<id:rule_id>", methods=["DELETE"])
@requires(ApprovalPermission.CONFIGURE)
@raises(RuleNotFound, StaleVersion)
@admin_rules.arguments(VersionArguments, location="query")
@admin_rules.response(204)
def delete_approval_rule(arguments: dict[str, Any], rule_id: int) -> None:
    """Delete a rule. Requests that wait keep the steps they were submitted with."""
    services().configuring.delete(rule_id, version=arguments["version"])


def _shown(rule: Rule, roles: dict[int, user.RoleCard]) -> dict[str, Any]:
    columns = {column.key: getattr(rule, column.key) for column in Rule.__mapper__.column_attrs}
    steps = []
    for role_id in rule.role_ids:
        role = roles.get(role_id)
        steps.append({"role_id": role_id, "code": role.code if role else None, "name": role.name if role else None})
    known = rule.action in {executor.action for executor in services().executors.all()}
    return columns | {"steps": steps, "condition": rule.condition, "action_known": known}
