"""catalog (商品目录): what is sold. Keeps a projection of availability; how much is there is inventory's to know.

Vocabulary: category (类目), product = SPU (商品), SKU (规格单品), spec (规格, ordered name-value pairs that tell the
SKUs of a product apart), parameter (商品参数), list price (划线价), on sale / off sale (上架 / 下架), archive (归档).
Upstream: inventory, which keeps the stock of every SKU. Cart and order ask the facade what is sellable, at what price.
"""
