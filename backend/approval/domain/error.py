"""What approval refuses, and what to do then."""

from kit.domain.error import Conflict, DomainError, Forbidden, Invalid, NotFound


class RuleNotFound(NotFound):
    """No such rule."""

    code = "approval.rule_not_found"
    zh = "审批规则不存在"
    en = "There is no such approval rule"


class RuleWithoutSteps(Invalid):
    """Switched on, with nobody who could approve."""

    code = "approval.rule_without_steps"
    zh = "启用规则前请至少设置一个审批角色"
    en = "Give the rule at least one step (a role) before you switch it on"


class ActionUnknown(Invalid):
    """A rule names an action that no part of the program offers. `errors` lists the known ones."""

    code = "approval.action_unknown"
    zh = "没有名为 {action} 的审批动作，可用动作见 errors"
    en = "There is no action {action}; errors lists those there are"


class FactUnknown(Invalid):
    """A condition asks for a fact that the action does not have. `errors` lists those it has."""

    code = "approval.fact_unknown"
    zh = "动作 {action} 没有条件字段 {fact}，可用字段见 errors"
    en = "Action {action} has no fact {fact}; errors lists those it has"


class RoleUnknown(Invalid):
    """A step names a role that does not exist."""

    code = "approval.role_unknown"
    zh = "审批角色不存在，见 errors"
    en = "Some of these roles do not exist; see errors"


class RoleCannotDecide(Invalid):
    """A step's role lacks the right to decide, and nobody who holds it has that from another role."""

    code = "approval.role_cannot_decide"
    zh = "角色“{roles}”没有审批权限：请先为其添加权限 {permission}，或改用其他角色"
    en = "The roles {roles} may not decide: give them the permission {permission} first, or name other roles"


class NobodyCanDecide(Conflict):
    """A step's role is gone, or nobody but the requester holds it together with the right to decide."""

    code = "approval.nobody_can_decide"
    zh = "没有人可以审批此申请：请让管理员为 errors 中的角色安排其他可审批的员工，或调整审批规则"
    en = (
        "Nobody could decide on this request: ask an administrator to give the roles in errors to somebody else who "
        "may decide, or to change the rule"
    )


class SubjectMoved(Conflict):
    """The change was made against another version than the subject has."""

    code = "approval.subject_moved"
    zh = "数据已被修改（当前版本 {current}，您的版本 {yours}），请刷新后重试"
    en = "This was changed meanwhile (it is at version {current}, yours is {yours}); reload it and try again"


class SubjectGone(Conflict):
    """What was to be changed is not there any more."""

    code = "approval.subject_gone"
    zh = "要变更的对象已不存在"
    en = "What this changes is not there any more"


class RequestNotFound(NotFound):
    """Not there, or not for the eyes of whoever asks."""

    code = "approval.request_not_found"
    zh = "审批单不存在"
    en = "There is no such approval request"


class ScopeForbidden(Forbidden):
    """All requests, asked for by somebody who may see those that concern them."""

    code = "approval.scope_forbidden"
    zh = "没有权限查看全部审批单，请使用 scope=to_decide 或 scope=submitted"
    en = "You may not see every request; use scope=to_decide or scope=submitted"


class NotPending(Conflict):
    """It has been decided, withdrawn, or is over."""

    code = "approval.not_pending"
    zh = "该审批单{state}，不能再处理"
    en = "This request is {state}; nothing more can be decided about it"


class StepPassed(Conflict):
    """The decision is about another step than the one that waits."""

    code = "approval.step_passed"
    zh = "该审批单正在等待第 {current} 步，请刷新后重试"
    en = "This request waits for step {current}; reload it and look again"


class OwnRequest(Forbidden):
    """Four eyes."""

    code = "approval.own_request"
    zh = "不能审批自己提交的申请"
    en = "You cannot decide on your own request"


class DecidedBefore(Forbidden):
    """One person stands for one step."""

    code = "approval.decided_before"
    zh = "您已审批过此申请的其他步骤，请由另一位同事处理"
    en = "You decided on an earlier step of this request; somebody else must decide on this one"


class RoleNotHeld(Forbidden):
    """The step belongs to a role that the decider does not hold (any more)."""

    code = "approval.role_not_held"
    zh = "此步骤须由角色“{role}”审批，您没有该角色"
    en = "This step is for the role {role}, which you do not hold"


class NotRequester(Forbidden):
    """Only whoever submitted a request takes it back or submits it again."""

    code = "approval.not_requester"
    zh = "只有提交人可以执行此操作"
    en = "Only whoever submitted this request can do that"


class RequestStale(Conflict):
    """The subject moved on since the request was submitted; the request is over."""

    code = "approval.stale"
    zh = "数据在提交后已被修改，该审批单已失效，请提交人重新提交"
    en = "What this request changes was changed meanwhile, so the request is stale; its requester can resubmit it"


class PayloadTampered(Conflict):
    """The stored request is not what was submitted."""

    code = "approval.payload_tampered"
    zh = "审批内容与提交时不一致（校验失败），未执行；请驳回并联系管理员"
    en = (
        "The stored request is not what was submitted (its digest differs); nothing was done: reject it and tell an "
        "administrator"
    )


class ExecutorMissing(Conflict):
    """The program of today does not offer the request's action any more."""

    code = "approval.executor_missing"
    zh = "当前版本不再支持动作 {action}，请驳回该审批单"
    en = "This version of the program does not offer the action {action} any more; reject the request"


class NotResubmittable(Conflict):
    """Only what went stale or expired is submitted again."""

    code = "approval.not_resubmittable"
    zh = "该审批单{state}，只有已失效或已超时的审批单可以重新提交"
    en = "This request is {state}; only stale and expired ones can be submitted again"


class AlreadyResubmitted(Conflict):
    """It was submitted again before. `errors` names the new request, when there is one."""

    code = "approval.already_resubmitted"
    zh = "该审批单已经重新提交过，不能重复提交"
    en = "This request was submitted again before"


class TooManyComments(Conflict):
    """A request is not a chat."""

    code = "approval.too_many_comments"
    zh = "每张审批单最多 {maximum} 条评论"
    en = "A request has at most {maximum} comments"


class ApplyRefused(Conflict):
    """The change itself was refused when it was to be made; the decision was rolled back with it.

    `errors` has the refusal: its code, and its own errors.
    """

    code = "approval.apply_refused"
    zh = "审批未生效，因为变更无法执行"
    en = "The decision was not made, because the change cannot be made"

    def __init__(self, cause: DomainError) -> None:
        self.cause = cause
        super().__init__(errors={"cause": {"code": cause.code, "errors": cause.errors}})

    def message(self, language: str) -> str:
        """With the reason."""
        separator = "：" if language == "zh" else ": "
        return f"{super().message(language)}{separator}{self.cause.message(language)}"
