"""approval (审批): which changes need a second pair of eyes, who gives it, and what was decided.

Vocabulary: action (审批动作, e.g. ``catalog.product.price``), rule (审批规则: an action, a condition, steps), step
(审批节点: a role that must agree), request (审批单: one frozen change), change (变更明细: a line old → new), executor
(执行器: what a higher context plugs in for an action), direct (直接执行), stale (失效: the subject moved on), expire
(超时). Upstream: user for roles and rights, media for the files that a waiting change mentions. Higher contexts
register executors and submit changes through the facade; approval knows neither products nor stock.
"""
