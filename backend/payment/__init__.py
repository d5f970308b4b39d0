"""payment (支付): money in and money back. Knows a subject such as ``order:2611…`` and an amount, and nothing of goods.

Vocabulary: attempt (支付单, one out_trade_no), prepay (预下单), receipt (到账记录: one WeChat transaction_id),
refund (退款), notice (回调通知), channel (支付渠道), unwanted money (no live order wants it: late, duplicate, wrong).
Upstream: nobody. order asks for attempts, closing and refunds, and listens to PaymentSucceeded and PaymentClosed.

Every fen that arrives becomes exactly one receipt; a receipt is accepted by a live order or refunded (ADR 0006).
"""
