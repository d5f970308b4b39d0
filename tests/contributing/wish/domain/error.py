"""What wish refuses."""

from kit.domain.error import Conflict, NotFound


class SkuUnknown(NotFound):
    """No such SKU."""

    code = "wish.sku_unknown"
    zh = "没有该商品"
    en = "There is no such SKU"


class AlreadyWished(Conflict):
    """One wish per SKU."""

    code = "wish.already_wished"
    zh = "已在心愿单中"
    en = "This SKU is on the list already"
