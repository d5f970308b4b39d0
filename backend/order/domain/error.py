"""What order refuses."""

from kit.domain.error import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    """No such order, or somebody else's."""

    code = "order.not_found"
    zh = "订单不存在"
    en = "There is no such order"


class ActionNotAllowed(Conflict):
    """The order's state does not allow this now."""

    code = "order.action_not_allowed"
    zh = "订单{status}，不能{action}"
    en = "An order that is {status} cannot {action}"


class PaymentDeadlineOver(Conflict):
    """Too late to pay."""

    code = "order.payment_deadline_over"
    zh = "订单已超过支付时间"
    en = "The time to pay this order is over"


class NothingOrdered(Invalid):
    """No lines."""

    code = "order.nothing_ordered"
    zh = "请选择要购买的商品"
    en = "Choose something to order"


class NotForSale(Conflict):
    """Some SKUs are not sold (any more). `errors` names them."""

    code = "order.not_for_sale"
    zh = "部分商品不存在或已下架"
    en = "Some of these SKUs do not exist or are not on sale; see errors"


class PriceMoved(Conflict):
    """The amount is not the one the buyer confirmed. `errors` has both."""

    code = "order.price_moved"
    zh = "商品价格已变动，请重新确认"
    en = "The amount has changed; show the buyer a new quote"


class TooManyUnpaid(Conflict):
    """Stock is not there to be hoarded."""

    code = "order.too_many_unpaid"
    zh = "您有 {maximum} 笔未支付订单，请先支付或取消"
    en = "You have {maximum} unpaid orders; pay or cancel one first"


class TooManyOfOne(Invalid):
    """More of one SKU than an order may hold. `errors` names them."""

    code = "order.too_many_of_one"
    zh = "单个商品最多购买 {maximum} 件"
    en = "At most {maximum} of one SKU in an order"


class OverOrderLimit(Conflict):
    """The shop sells only so many of a SKU in one order. `errors` names SKUs with limit and quantity."""

    code = "order.over_order_limit"
    zh = "部分商品超过每单限购数量，见 errors"
    en = "More of a SKU than one order may hold; see errors and order fewer"


class NothingToPay(Conflict):
    """WeChat cannot be asked for nothing."""

    code = "order.nothing_to_pay"
    zh = "订单金额为零，无法发起微信支付"
    en = "An order of zero cannot be paid with WeChat"
