"""A product as lists show it: one set of columns and one shape, wherever it is listed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select

from backend.catalog.domain.product import Product
from backend.media import facade as media

# Half the width of a phone, at two pixels a point.
IN_LISTS = "w400"


def cards() -> Select[*tuple[Any, ...]]:
    """What `card` needs of products, whatever their status."""
    return select(
        Product.id,
        Product.code,
        Product.category_id,
        Product.title,
        Product.brand,
        Product.selling_point,
        Product.unit,
        Product.image_url,
        Product.min_price_fen,
        Product.in_stock,
        Product.brand_id,
        Product.sales,
    )


def card(row: Row[Any]) -> dict[str, Any]:
    """JSON-ready, with the address of the picture."""
    return {
        "id": str(row.id),
        "code": row.code,
        "category_id": str(row.category_id),
        "title": row.title,
        "brand": row.brand,
        "brand_id": None if row.brand_id is None else str(row.brand_id),
        "selling_point": row.selling_point,
        "unit": row.unit,
        "image_url": media.url(row.image_url, variant=IN_LISTS),
        "min_price_fen": row.min_price_fen,
        "in_stock": bool(row.in_stock),
        "sales": row.sales,
    }
