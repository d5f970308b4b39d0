"""Brands, loaded for change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.error import BrandNameTaken, BrandNotFound
from backend.catalog.domain.naming import name_key
from backend.catalog.domain.product import Product
from backend.catalog.domain.status import ProductStatus
from kit.db.error import RunAgain, duplicate_is
from kit.repository.base import Repository

_CHUNK = 500


class BrandRepository(Repository[Brand]):
    """The brands of the shop."""

    entity = Brand

    def hold_live(self, brand_id: int) -> Brand:
        """The live brand; until the commit nobody renames or archives it. Raises `BrandNotFound`."""
        query = select(Brand).where(Brand.id == brand_id, Brand.archived_at.is_(None)).with_for_update(read=True)
        brand = self.first(query.execution_options(populate_existing=True))
        if brand is None:
            raise BrandNotFound
        return brand

    def of_id(self, brand_id: int) -> Brand:
        """The live brand; until the commit no product is given it. Raises `BrandNotFound`."""
        query = select(Brand).where(Brand.id == brand_id, Brand.archived_at.is_(None)).with_for_update()
        brand = self.first(query.execution_options(populate_existing=True))
        if brand is None:
            raise BrandNotFound
        return brand

    def is_worn(self, brand_id: int) -> bool:
        """True while a product that is not archived carries it."""
        query = select(Product.id).where(Product.brand_id == brand_id, Product.status != ProductStatus.ARCHIVED)
        return self.session.scalar(query.limit(1)) is not None

    def products_of(self, brand_id: int) -> Sequence[int]:
        """The products that carry it."""
        return self.session.scalars(select(Product.id).where(Product.brand_id == brand_id)).all()

    def rename_on_products(self, brand: Brand) -> None:
        """Bring the snapshot of its name up to date; no version: nobody has edited these products."""
        statement = update(Product).where(Product.brand_id == brand.id).values(brand=brand.name)
        self.session.execute(statement, execution_options={"synchronize_session": False})

    def write(self, brand: Brand) -> None:
        """Add or update now. Raises `BrandNameTaken`."""
        self.add(brand)
        with duplicate_is(BrandNameTaken(name=brand.name)):
            self.flush()

    def called(self, names: Iterable[str]) -> dict[str, Brand]:
        """The live brand of each name, held as by `hold_live`; unknown ones are added. Two statements per 500 names."""
        by_key: dict[str, str] = {}
        for name in sorted(names):
            by_key.setdefault(name_key(name), name)
        keys, found = sorted(by_key), dict[str, Brand]()
        for start in range(0, len(keys), _CHUNK):
            query = select(Brand).where(Brand.live_key.in_(keys[start : start + _CHUNK])).order_by(Brand.id)
            held = self.all(query.with_for_update(read=True).execution_options(populate_existing=True))
            found.update((str(brand.live_key), brand) for brand in held)
        fresh = [Brand.called(by_key[key]) for key in keys if key not in found]
        if fresh:
            self.add_all(fresh)
            self._write()
            found.update((str(brand.live_key), brand) for brand in fresh)
        return {name: found[name_key(name)] for name in names}

    def known(self, names: Iterable[str]) -> dict[str, Brand]:
        """The live brands of those of `names` that have one."""
        keys = {name: name_key(name) for name in names}
        query = select(Brand).where(Brand.live_key.in_(set(keys.values())))
        found = {brand.live_key: brand for brand in self.all(query)}
        return {name: found[key] for name, key in keys.items() if key in found}

    def _write(self) -> None:
        # Somebody else added the brand at this moment: the second run finds it.
        with duplicate_is(RunAgain()):
            self.flush()
