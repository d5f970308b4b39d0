"""Which uploaded files the catalogue shows: told to media in the transaction that stores them."""

from __future__ import annotations

from backend.catalog.domain.product import Product
from backend.media import facade as media


def show_product(product: Product) -> None:
    """Everything a product and its live SKUs show now. Raises `UnknownMedia`."""
    media.use(keys=media.keys_in(texts=_texts(product)), user=f"product:{product.id}")


def shows_files(product: Product) -> bool:
    """True when it shows any uploaded file. No SQL."""
    return bool(media.keys_in(texts=_texts(product)))


def _texts(product: Product) -> list[str | None]:
    skus = [sku.image_url for sku in product.live_skus()]
    return [product.image_url, *product.gallery, product.video, product.detail, *skus]


def show_category(category_id: int, image_url: str) -> None:
    """Its picture; "" when it has none (any more). Raises `UnknownMedia`."""
    media.use(keys=media.keys_in(texts=[image_url]), user=f"category:{category_id}")
