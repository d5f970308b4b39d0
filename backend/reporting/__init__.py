"""reporting (报表): exports what other contexts keep, through their facades.

Vocabulary: report job (导出任务), format (格式), percent (进度), run (one try of a job by a worker), lease (how long a
run may be silent), slot (the one place where a job runs, so that exports never crowd events out of the workers).
Upstream: order for the orders. Files go to kit.storage, mails to kit.mail.

A job that dies begins anew; its file is replaced, and no buyer gets two mails for one job.
"""
