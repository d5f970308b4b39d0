"""reporting (报表): exports what other contexts keep, through their facades.

Vocabulary: report job (导出任务), format (格式), percent (进度); what a job is stands in `kit.job`.
Upstream: order for the orders. Files go to kit.storage, mails to kit.mail.

A job that dies begins anew; its file is replaced, and no buyer gets two mails for one job.
"""
