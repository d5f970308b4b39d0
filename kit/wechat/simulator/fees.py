"""What WeChat keeps of a payment and gives back with a refund. Amounts in fen."""

from collections.abc import Iterable

from kit.wechat.simulator.refunds import Refund

RATE = "0.60%"


def fee(fen: int) -> int:
    """Rounded half up."""
    return (fen * 6 + 500) // 1000


def returned_fee(refund: Refund, refunds: Iterable[Refund]) -> int:
    """So much that after a full refund, in however many parts, nothing of the fee is left."""
    if refund.status in ("CLOSED", "ABNORMAL"):
        return 0
    same = [other for other in refunds if other.transaction is refund.transaction and other.status != "CLOSED"]
    left = refund.transaction.total - sum(other.refund for other in same[: same.index(refund)])
    return fee(left) - fee(left - refund.refund)
