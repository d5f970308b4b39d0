"""What inventory refuses."""

from kit.domain.error import Conflict, Invalid, NotFound


class OutOfStock(Conflict):
    """Fewer units are available than asked for. `errors` maps each SKU id to what is left."""

    code = "inventory.out_of_stock"
    zh = "库存不足"
    en = "Not enough stock; see errors for what is left of each SKU"


class UnknownSku(NotFound):
    """No stock is kept for this SKU."""

    code = "inventory.unknown_sku"
    zh = "没有该商品的库存记录"
    en = "No stock is kept for this SKU"


class MovementRepeated(Conflict):
    """The same reference already moved these SKUs in this way."""

    code = "inventory.movement_repeated"
    zh = "该单据已经入账，不能重复操作"
    en = "This reference has already been booked"


class QuantityTooLarge(Invalid):
    """More units than a stock row can hold."""

    code = "inventory.quantity_too_large"
    zh = "数量过大，单个 SKU 最多 {maximum} 件"
    en = "Quantity too large: a SKU holds at most {maximum} units"
