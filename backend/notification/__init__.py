"""notification (通知): what buyers are told about their orders. Decides nothing of an order and holds nothing up.

Vocabulary: delivery (通知记录: one kind of news of one order for one recipient), subscribe message (订阅消息),
template (消息模板), channel (渠道; WeChat now, mail and SMS later), plan (template, page and fields of a kind of news).
Upstream: order for its facts and what to say of it, user for the openid. Nobody depends on notification.
"""
