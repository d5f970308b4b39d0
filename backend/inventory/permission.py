"""What staff may be allowed to do here: one permission per kind of work."""

from backend.inventory.domain.right import ARRANGE
from kit.security.permission import Permission


class InventoryPermission(Permission):
    """Permissions of inventory."""

    READ = "inventory:read", "查看库存", "Read stock, documents and movements"
    RECEIVE = "inventory:receive", "入库", "Receive stock"
    ISSUE = "inventory:issue", "出库", "Issue stock"
    ADJUST = "inventory:adjust", "调整库存", "Adjust stock"
    TRANSFER = "inventory:transfer", "调拨", "Transfer stock between locations"
    WRITE_OFF = "inventory:write_off", "报损", "Write stock off"
    RETURN = "inventory:return", "退货入库", "Take returned goods back"
    COUNT = "inventory:count", "盘点录入", "Open count sheets and enter figures"
    POST_COUNT = "inventory:post_count", "盘点过账", "Post count sheets"
    HOLD = "inventory:hold", "预留库存", "Hold stock back and release it"
    ARRANGE = ARRANGE, "库位与预警设置", "Locations, thresholds, shelves and batch tracking"
    COST = "inventory:cost", "查看成本", "See what stock has cost"
