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


class ValueTooLarge(Invalid):
    """Goods worth more than a stock row can hold."""

    code = "inventory.value_too_large"
    zh = "货值过大，请检查单位成本（单位：分）"
    en = "The goods would be worth more than 10 trillion yuan; check the unit cost (in fen)"


class GoodsPromised(Conflict):
    """Less would be left than orders and holds were promised. `errors` maps SKU ids to on_hand, reserved and wanted."""

    code = "inventory.goods_promised"
    zh = "该数量已被订单或预留占用，请先取消相关订单或释放预留"
    en = "These units are promised to orders or holds; cancel or release those first (see errors)"


class GoodsExpired(Conflict):
    """What was promised has passed its date since. `errors` maps SKU ids to wanted and fresh units."""

    code = "inventory.goods_expired"
    zh = "占用的商品已过保质期，不能发货：请补入新批次，或取消订单并退款"
    en = "The promised goods have passed their date and must not leave: receive a fresh batch, or cancel and refund"


class ExpiredOnArrival(Invalid):
    """Goods past their date are not taken in."""

    code = "inventory.expired_on_arrival"
    zh = "该批次已过保质期，不能入库"
    en = "This batch is past its date already; send it back, or check expires_on"


class BatchNeeded(Invalid):
    """The SKU's batches are tracked, and the line names none."""

    code = "inventory.batch_needed"
    zh = "该商品按批次管理，请填写批次号 batch_no；新批次还需填写到期日 expires_on"
    en = "Batches of this SKU are tracked: name batch_no, and expires_on for a batch that is new"


class BatchNotTracked(Invalid):
    """A batch was named for a SKU without batches."""

    code = "inventory.batch_not_tracked"
    zh = "该商品未开启批次管理，请去掉批次字段，或先开启批次管理"
    en = "Batches of this SKU are not tracked: leave the batch out, or switch tracking on first"


class BatchMismatch(Conflict):
    """The batch number is known with other dates."""

    code = "inventory.batch_mismatch"
    zh = "该批次号已存在，且日期不同，请核对批次号、生产日期与到期日"
    en = "This batch number is known with other dates; check number and dates (see errors)"


class BatchDatesCrossed(Invalid):
    """A new batch expires before it was produced."""

    code = "inventory.batch_dates_crossed"
    zh = "生产日期不能晚于到期日"
    en = "produced_on must not be after expires_on"


class BatchNotFound(NotFound):
    """No such batch of this SKU at this location."""

    code = "inventory.batch_not_found"
    zh = "该库位没有这个批次"
    en = "This location has no such batch of the SKU"


class TrackingInUse(Conflict):
    """Tracking cannot end while expired goods are on the shelf."""

    code = "inventory.tracking_in_use"
    zh = "仍有过期批次在库，请先报损后再关闭批次管理"
    en = "Expired units are still there; write them off before you stop tracking batches"


class LocationNotFound(NotFound):
    """No such location."""

    code = "inventory.location_not_found"
    zh = "库位不存在"
    en = "No such location; see GET /stock/locations"


class LocationCodeTaken(Conflict):
    """Another location, perhaps an archived one, has this code."""

    code = "inventory.location_code_taken"
    zh = "库位编码已被使用"
    en = "Another location has this code; choose a different one"


class LocationNotEmpty(Conflict):
    """Goods are there."""

    code = "inventory.location_not_empty"
    zh = "库位仍有库存，请先调拨或出库"
    en = "Goods are at this location; transfer or issue them first"


class LocationArchived(Conflict):
    """Nothing is moved to or from an archived location."""

    code = "inventory.location_archived"
    zh = "库位 {location} 已停用"
    en = "Location {location} is archived; choose another one"


class BuiltInLocation(Conflict):
    """The default location and the one for damaged goods stay what they are."""

    code = "inventory.built_in_location"
    zh = "内置库位不能停用，也不能更改是否可售"
    en = "Built-in locations cannot be archived, nor change whether they are sellable; add one of your own"


class SameLocation(Invalid):
    """A transfer needs two locations."""

    code = "inventory.same_location"
    zh = "调出与调入库位不能相同"
    en = "A transfer goes from one location to another"


class WrongLocation(Invalid):
    """Sellable goods come back to a sellable location, damaged ones to one that is not."""

    code = "inventory.wrong_location"
    zh = "可售退货须放入可售库位，残次品须放入不可售库位"
    en = "Sellable goods return to a sellable location, damaged ones to one that is not sellable"


class LineRepeated(Invalid):
    """Two lines of one document are about the same SKU and batch."""

    code = "inventory.line_repeated"
    zh = "同一商品（同一批次）在单据中出现多次，请合并"
    en = "A SKU (with the same batch) stands twice on this document; make one line of them"


class ReturnedTooMuch(Conflict):
    """More would come back than ever left for this reference. `errors` maps SKU ids to wanted and returnable units."""

    code = "inventory.returned_too_much"
    zh = "退回数量超过该单据已出库且未退回的数量"
    en = "More than what left for this reference and has not come back yet; see errors"


class BatchNeverLeft(Conflict):
    """A return names a batch that did not leave with the order, or not so many units of it.

    `errors` maps the SKU to the batch named, the units wanted and, by batch, those that may come back.
    """

    code = "inventory.batch_never_left"
    zh = "该单据没有从批次 {batch_no} 出库这么多，不能退回该批次；可退批次及数量见 errors，请核对实物批次号"
    en = (
        "Not so many units of batch {batch_no} had left for this reference; errors lists the batches and units that "
        "may come back: check the batch number on the goods"
    )


class ThresholdsCrossed(Invalid):
    """The minimum is above the maximum."""

    code = "inventory.thresholds_crossed"
    zh = "最低库存不能高于最高库存"
    en = "minimum must not be above maximum"


class HoldNotFound(NotFound):
    """No such hold, or it has ended."""

    code = "inventory.hold_not_found"
    zh = "预留不存在或已结束"
    en = "No such hold, or it has ended"


class HoldTimeInvalid(Invalid):
    """A hold ends in the future, within some days."""

    code = "inventory.hold_time_invalid"
    zh = "到期时间必须晚于现在，且不超过 {days} 天"
    en = "expires_at must be in the future and within {days} days"


class DocumentNotFound(NotFound):
    """No such document."""

    code = "inventory.document_not_found"
    zh = "单据不存在"
    en = "No such document"


class MovementNotFound(NotFound):
    """No such row in the movement log."""

    code = "inventory.movement_not_found"
    zh = "库存流水不存在"
    en = "No such movement"


class CountNotFound(NotFound):
    """No such count sheet."""

    code = "inventory.count_not_found"
    zh = "盘点单不存在"
    en = "No such count sheet"


class CountNotOpen(Conflict):
    """The sheet was posted or cancelled."""

    code = "inventory.count_not_open"
    zh = "盘点单{state}，不能再修改或过账；如需更正请新建盘点单"
    en = "The count sheet is {state} and cannot change any more; open a new one"


class CountIncomplete(Conflict):
    """Some lines have not been counted. `errors` names up to 20 of them."""

    code = "inventory.count_incomplete"
    zh = "仍有 {lines} 行未盘点：请补录，或以 skip_uncounted=true 过账"
    en = "{lines} lines have not been counted: enter them, or post with skip_uncounted=true"


class NothingCounted(Conflict):
    """Every line was to be skipped: the log would tell of a stock-take that nobody made."""

    code = "inventory.nothing_counted"
    zh = "该盘点单尚未录入任何盘点数：请先录入，不需要盘点时请作废该单"
    en = "Nobody has counted a line of this sheet: enter figures first, or cancel the sheet"


class CountLineNotFound(NotFound):
    """The sheet has no such line."""

    code = "inventory.count_line_not_found"
    zh = "盘点单中没有该行"
    en = "The count sheet has no such line; see the lines of this sheet"


class NothingToCount(Invalid):
    """The choice holds no stock row, or too many."""

    code = "inventory.nothing_to_count"
    zh = "所选范围没有商品，或超过 {maximum} 行，请调整库位、货架或商品"
    en = "Nothing to count there, or more than {maximum} lines; choose another shelf, location or SKUs"


class NothingExpired(Conflict):
    """No expired batch can be written off there."""

    code = "inventory.nothing_expired"
    zh = "该库位没有可报损的过期批次（已被占用的不能报损）"
    en = "No expired batch to write off here (what is promised cannot be)"


class PeriodInvalid(Invalid):
    """A period that ends before it begins, or is too long."""

    code = "inventory.period_invalid"
    zh = "时间范围无效：开始须早于结束，且最长 {days} 天"
    en = "The period must begin before it ends, and cover at most {days} days"
