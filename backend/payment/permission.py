"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class PaymentPermission(Permission):
    """Permissions of payment."""

    READ = "payment:read", "查看收款与退款", "Read receipts and refunds"
