"""What cart refuses."""

from kit.domain.error import Conflict, NotFound


class SkuNotSold(NotFound):
    """No such SKU, or it is not on sale."""

    code = "cart.sku_not_sold"
    zh = "该商品不存在或已下架"
    en = "There is no such SKU, or it is not on sale"


class OverOrderLimit(Conflict):
    """The shop sells only so many of this SKU in one order. `errors` has the limit and what the cart would hold."""

    code = "cart.over_order_limit"
    zh = "该商品每单限购 {maximum} 件，购物车中将有 {wanted} 件，请减少数量"
    en = "At most {maximum} of this SKU in one order; the cart would hold {wanted}: take fewer"


class LineNotFound(NotFound):
    """The cart has no line of this SKU."""

    code = "cart.line_not_found"
    zh = "购物车中没有该商品"
    en = "This SKU is not in the cart"


class CartFull(Conflict):
    """Too many different SKUs."""

    code = "cart.full"
    zh = "购物车最多 {maximum} 种商品"
    en = "A cart holds at most {maximum} different SKUs"
