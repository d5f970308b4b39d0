"""inventory (库存): how much is there. Knows a SKU by its id, code and title snapshot and the id of its
product, and nothing of prices or orders.

Vocabulary: on hand (实物库存), reserved (占用/锁定库存), available (可售库存 = on hand - reserved), ledger (库存流水),
movement kind (操作类型), reservation (预占), hold (预留), location (库位/仓库; 1 is the default, 2 for damaged goods),
document (单据), batch (批次), expired (过期), stock-take (盘点), correction (库存更正), threshold (上下限),
worth (库存金额), average cost (平均成本), reference (业务单号, e.g. ``order:2611…``).
Upstream: nobody. Catalog receives initial stock through the facade, order reserves, releases and deducts.
"""
