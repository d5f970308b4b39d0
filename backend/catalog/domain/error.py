"""What catalog refuses."""

from kit.domain.error import Conflict, Invalid, NotFound


class CategoryNotFound(NotFound):
    """No such category, or an archived one."""

    code = "catalog.category_not_found"
    zh = "类目不存在"
    en = "There is no such category"


class CategoryNameTaken(Conflict):
    """A live sibling has this name."""

    code = "catalog.category_name_taken"
    zh = "同级类目中已有“{name}”"
    en = "A category beside it is already called “{name}”"


class CategoryTooDeep(Invalid):
    """The tree has at most three levels."""

    code = "catalog.category_too_deep"
    zh = "类目最多 {levels} 级"
    en = "Categories nest at most {levels} levels deep"


class CategoryInsideItself(Invalid):
    """A category cannot stand below itself."""

    code = "catalog.category_inside_itself"
    zh = "类目不能移动到自己的下级"
    en = "A category cannot be moved below itself"


class CategoryInUse(Conflict):
    """Something still hangs on the category."""

    code = "catalog.category_in_use"
    zh = "类目下还有子类目或商品，不能归档"
    en = "The category still has children or products; move or archive them first"


class ProductNotFound(NotFound):
    """No such product, or not for these eyes."""

    code = "catalog.product_not_found"
    zh = "商品不存在或已下架"
    en = "There is no such product, or it is not on sale"


class ProductCodeTaken(Conflict):
    """Product codes are unique for good; an archived product keeps its own."""

    code = "catalog.product_code_taken"
    zh = "商品编号 {product_code} 已被使用"
    en = "The product code {product_code} is already used"


class StaleVersion(Conflict):
    """The product was changed since the sender read it."""

    code = "catalog.stale_version"
    zh = "商品已被他人修改：您提交的是版本 {sent}，当前是版本 {current}，请刷新后重试"
    en = "The product was changed meanwhile: you sent version {sent}, it is now at {current}; reload and try again"


class NotAllowedNow(Conflict):
    """The product's status does not allow it."""

    code = "catalog.not_allowed_now"
    zh = "商品状态为 {status}，不能变更为 {wanted}"
    en = "A product that is {status} cannot become {wanted}"


class NothingToSell(Conflict):
    """On sale means at least one live SKU."""

    code = "catalog.nothing_to_sell"
    zh = "商品没有可售的规格，不能上架"
    en = "A product needs at least one SKU to be on sale"


class PriceMissing(Conflict):
    """On sale means every SKU costs something."""

    code = "catalog.price_missing"
    zh = "上架商品的每个规格都必须有大于 0 的售价"
    en = "Every SKU of a product on sale needs a price above 0"


class UnknownSku(Invalid):
    """The edit names a SKU that is not a live one of this product."""

    code = "catalog.unknown_sku"
    zh = "规格 {sku_id} 不属于该商品或已归档"
    en = "SKU {sku_id} is not one of this product's live SKUs"


class SpecMalformed(Invalid):
    """A spec without pairs, or with the same name twice."""

    code = "catalog.spec_malformed"
    zh = "规格不能为空，规格名不能重复：{text}"
    en = "A spec needs at least one pair, and each name only once: {text}"


class SpecRepeated(Invalid):
    """Two SKUs of a product with the same spec; an archived one comes back by adding its spec without an id."""

    code = "catalog.spec_repeated"
    zh = "规格重复：{text}"
    en = "Two SKUs of the product have the same spec: {text}"


class SpecNamesDiffer(Invalid):
    """The SKUs of a product form a matrix: the same spec names for all."""

    code = "catalog.spec_names_differ"
    zh = "同一商品的规格名必须一致：{text}"
    en = "All SKUs of a product carry the same spec names; this one differs: {text}"
