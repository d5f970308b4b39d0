"""notification (通知): what buyers are told about orders, and staff about approvals. Decides nothing, holds nothing up.

Vocabulary: delivery (通知记录: one kind of news of one order for one recipient), subscribe message (订阅消息),
template (消息模板), channel (渠道), plan (template, page and fields of a kind of news), notice (站内通知: what a member
of staff is told; a mail repeats it where an address is known).
Upstream: order and approval for their facts and what to say of them, user for openids and addresses. Nobody depends on
notification.
"""
