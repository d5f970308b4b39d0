"""What catalog refuses."""

from kit.domain.error import Conflict, Invalid, NotFound


class CategoryNotFound(NotFound):
    """No such category, or an archived one. `errors` has its id."""

    code = "catalog.category_not_found"
    zh = "类目不存在或已归档，请选择其他类目（category_id）"
    en = "There is no such category, or it is archived; choose another one (category_id)"


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
    """What staff read: no such product in any state."""

    code = "catalog.product_not_found"
    zh = "没有这个商品，请核对商品 id（可按商品编号在商品列表中查找）"
    en = "There is no product with this id; check it (the product list finds products by their code)"


class ProductNotOnSale(NotFound):
    """What customers read: no such product, or not for their eyes."""

    code = "catalog.product_not_on_sale"
    zh = "商品不存在或已下架"
    en = "There is no such product, or it is not on sale"


class ProductArchived(Conflict):
    """It is out of business for good: nothing new refers to it."""

    code = "catalog.product_archived"
    zh = "商品已归档，请选择其他商品"
    en = "The product is archived; choose another one"


class ProductCodeTaken(Conflict):
    """Product codes are unique for good; an archived product keeps its own."""

    code = "catalog.product_code_taken"
    zh = "商品编号 {product_code} 已被使用"
    en = "The product code {product_code} is already used"


class NotAllowedNow(Conflict):
    """The product's status does not allow it."""

    code = "catalog.not_allowed_now"
    zh = "商品{status}，不能{wanted}"
    en = "A product that is {status} cannot be {wanted}"


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


class BrandNotFound(NotFound):
    """No such brand, or an archived one."""

    code = "catalog.brand_not_found"
    zh = "品牌不存在"
    en = "There is no such brand"


class BrandNameTaken(Conflict):
    """A live brand has this name."""

    code = "catalog.brand_name_taken"
    zh = "已有名为“{name}”的品牌"
    en = "There is already a brand called “{name}”"


class BrandInUse(Conflict):
    """A product that is not archived carries the brand."""

    code = "catalog.brand_in_use"
    zh = "仍有商品使用该品牌，请先更换这些商品的品牌或将其归档"
    en = "Products still carry the brand; give them another one or archive them first"


class TagNameTaken(Conflict):
    """There is a tag of this name."""

    code = "catalog.tag_name_taken"
    zh = "已有名为“{name}”的标签"
    en = "There is already a tag called “{name}”"


class TagNotFound(NotFound):
    """No such tag. `errors` names those of a product that are not there."""

    code = "catalog.tag_not_found"
    zh = "标签不存在"
    en = "There is no such tag"


class BarCodeWrong(Invalid):
    """A mistyped EAN or UPC."""

    code = "catalog.bar_code_wrong"
    zh = "条码 {bar_code} 的校验位不正确，最后一位应为 {digit}；店内自编条码请使用 8、12、13、14 位数字以外的形式"
    en = (
        "The check digit of bar code {bar_code} is wrong: the last digit should be {digit}; "
        "a shop's own codes may have any form but 8, 12, 13 or 14 digits"
    )


class BarCodeTaken(Conflict):
    """Bar codes are unique among live SKUs: a scanner must find one. An archived SKU gives its own back."""

    code = "catalog.bar_code_taken"
    zh = "条码已被其他规格使用：{bar_codes}"
    en = "Another SKU already has one of these bar codes: {bar_codes}"


class DetailTooLong(Invalid):
    """Rich text is bounded, before and after cleaning."""

    code = "catalog.detail_too_long"
    zh = "图文详情最多 {maximum} 个字符（含标签），请精简或改用图片"
    en = "The detail has at most {maximum} characters, markup included; shorten it or use pictures"


class TooManyTags(Invalid):
    """A product that wears everything is found by nothing."""

    code = "catalog.too_many_tags"
    zh = "一个商品最多 {maximum} 个标签"
    en = "A product wears at most {maximum} tags"


class TemplateNotFound(NotFound):
    """No such spec template."""

    code = "catalog.template_not_found"
    zh = "规格模板不存在"
    en = "There is no such spec template"


class TemplateNameTaken(Conflict):
    """The category has a template of this name."""

    code = "catalog.template_name_taken"
    zh = "该类目已有名为“{name}”的规格模板"
    en = "The category already has a spec template called “{name}”"


class SlotNotFound(NotFound):
    """No such place on the first screen."""

    code = "catalog.home_slot_not_found"
    zh = "首页位置不存在"
    en = "There is no such place on the home page"


class SlotMalformed(Invalid):
    """A place on the first screen whose parts do not fit together. `errors` says which."""

    code = "catalog.home_slot_malformed"
    zh = "首页位置的设置有误，见 errors"
    en = "This place on the home page does not fit together; see errors"


class ScheduleMalformed(Invalid):
    """Going on and off sale in the past, or in an order that cannot be. `errors` says which."""

    code = "catalog.schedule_malformed"
    zh = "定时上下架的时间有误，见 errors"
    en = "These times to go on and off sale do not fit; see errors"


class EverSold(Conflict):
    """Only what is off the shelf, was never sold and whose stock never moved may be deleted for good."""

    code = "catalog.ever_sold"
    zh = "商品在售、售出过或有过库存变动，不能彻底删除；请先下架，或改为归档（不带 erase）"
    en = "On sale, ever sold, or its stock has moved: it cannot be deleted for good; take it off sale, or archive it"


class TooManySkus(Invalid):
    """SKUs of one product are bounded."""

    code = "catalog.too_many_skus"
    zh = "一个商品最多 {maximum} 个规格，这样会有 {wanted} 个，请减少规格值"
    en = "A product has at most {maximum} SKUs; this would make {wanted}: take fewer values"


class PriceOutOfRange(Conflict):
    """The rule makes a price below 0 or above what a price may be. `errors` names SKU and result."""

    code = "catalog.price_out_of_range"
    zh = "按此规则算出的价格超出范围，见 errors"
    en = "The rule makes a price that is out of range; see errors"


class BulkRefused(Conflict):
    """One of many products does not allow it, so none was changed. `errors` has code and messages by product id."""

    code = "catalog.bulk_refused"
    zh = "部分商品无法处理，全部未修改，原因见 errors"
    en = "Some of the products do not allow it, so none was changed; see errors"


class TooManySlots(Conflict):
    """A section of the home page is bounded."""

    code = "catalog.too_many_home_slots"
    zh = "首页每个区块最多 {maximum} 个位置，请先删除不用的"
    en = "A section of the home page has at most {maximum} places; remove some first"


class JobNotFound(NotFound):
    """No such import or export, or somebody else's."""

    code = "catalog.job_not_found"
    zh = "任务不存在"
    en = "There is no such import or export"


class JobOver(Conflict):
    """It ended before it could be cancelled."""

    code = "catalog.job_over"
    zh = "任务已经结束，无法取消"
    en = "It is over already and cannot be cancelled"


class PriceRangeReversed(Invalid):
    """The price range of a list ends before it begins."""

    code = "catalog.price_range_reversed"
    zh = "价格区间有误：最低价 {price_from_fen} 分高于最高价 {price_to_fen} 分，请交换"
    en = "price_from_fen {price_from_fen} is above price_to_fen {price_to_fen}; exchange them"


class FavouritesFull(Conflict):
    """A customer's favourites are bounded."""

    code = "catalog.favourites_full"
    zh = "最多收藏 {maximum} 件商品，请先移除一些"
    en = "You can keep at most {maximum} favourites; remove some first"
