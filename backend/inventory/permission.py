"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class InventoryPermission(Permission):
    """Permissions of inventory."""

    READ = "inventory:read", "查看库存", "Read stock and movements"
    RECEIVE = "inventory:receive", "入库", "Receive stock"
