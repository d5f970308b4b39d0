"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class OrderPermission(Permission):
    """Permissions of order."""

    READ = "order:read", "查看订单", "Read orders"
    CANCEL = "order:cancel", "取消未支付订单", "Cancel unpaid orders"
    SHIP = "order:ship", "订单发货", "Ship orders"
