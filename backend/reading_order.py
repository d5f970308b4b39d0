"""In which order the staff's document is read: the login, a day in the shop, then what is arranged once."""

from __future__ import annotations

STAFF = (
    "登录 Login",
    "媒体 Media",
    "商品 Products",
    "品牌标签 Brands and tags",
    "商品生命周期 Product life",
    "商品批量 Bulk changes",
    "库存 Stock",
    "库存单据 Stock Documents",
    "盘点 Stocktakes",
    "审批 Approval",
    "站内通知 Notices",
    "订单 Orders",
    "支付 Money",
    "会员 Customers",
    "首页装修 Home page",
    "搜索 Search",
    "商品导入导出 Import and export",
    "库存统计 Stock Statistics",
    "报表 Reports",
    "通知 Notifications",
    "库位 Locations",
    "预留 Holds",
    "审批规则 Approval rules",
    "员工 Staff",
    "角色 Roles",
)
"""Tags of blueprints. A blueprint that is not named here comes last, and a test says so."""
