"""Which uploaded files the catalogue shows: told to media in the transaction that stores them."""

from __future__ import annotations

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.home import HomeSlot
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


def forget_product(product_id: int) -> None:
    """It is gone for good."""
    media.use(keys=[], user=f"product:{product_id}")


def show_category(category_id: int, image_url: str) -> None:
    """Its picture; "" when it has none (any more). Raises `UnknownMedia`."""
    media.use(keys=media.keys_in(texts=[image_url]), user=f"category:{category_id}")


def show_brand(brand: Brand) -> None:
    """Its logo. Raises `UnknownMedia`."""
    media.use(keys=media.keys_in(texts=[brand.logo]), user=f"brand:{brand.id}")


def show_slot(slot: HomeSlot) -> None:
    """The picture of a place on the home page. Raises `UnknownMedia`."""
    media.use(keys=media.keys_in(texts=[slot.image]), user=f"home_slot:{slot.id}")


def forget_slot(slot_id: int) -> None:
    """It is gone."""
    media.use(keys=[], user=f"home_slot:{slot_id}")
