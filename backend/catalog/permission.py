"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class CatalogPermission(Permission):
    """Permissions of catalog."""

    READ = "catalog:read", "查看商品", "Read categories and products"
    EDIT = "catalog:edit", "编辑商品", "Edit categories and products"
    CLASSIFY = "catalog:classify", "维护品牌、标签和规格模板", "Keep brands, tags and spec templates"
    PRICE = "catalog:price", "批量改价", "Change the prices of many products at once"
    ARRANGE = "catalog:arrange", "首页装修", "Arrange the home page"
    IMPORT = (
        "catalog:import",
        "批量导入商品（含价格、上下架和新规格的初始库存；直接生效，不经审批）",
        "Import products from a sheet, with prices, on or off sale, and first stock; acts directly, without approval",
    )
    EXPORT = "catalog:export", "导出商品（含成本价）", "Export the catalogue, costs included"
    SELL = "catalog:sell", "上下架商品", "Put products on sale and take them off"
