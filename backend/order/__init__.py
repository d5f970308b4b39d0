"""order (订单): orchestrates checkout and fulfilment; the top of the selling contexts.

Vocabulary: quote (结算预览), placing (下单), closing (关单中: waiting for WeChat's word that nobody can pay any more),
closed (已关闭), shipping (发货), confirming receipt (确认收货), freight (运费), payable (应付), due (支付截止时间),
history (订单日志).
Upstream: user for addresses and openids, catalog for prices, inventory for stock, payment for money, cart for lines.

A live order holds its stock from the moment it is placed until it is shipped or verifiably closed.
"""
