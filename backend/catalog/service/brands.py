"""Staff keep brands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.catalog.domain.brand import Brand, BrandFacts
from backend.catalog.domain.error import BrandInUse
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.service.renaming import tell_changed
from backend.catalog.service.showing import show_brand
from kit.cache.hot import HotCache
from kit.domain.clock import utc_now
from kit.domain.version import check_version
from kit.service.transaction import after_commit, transactional


class Brands:
    """Adds, changes and archives. A brand's name stands on its products: a change brings them up to date."""

    def __init__(self, brands: BrandRepository, cache: HotCache, clock: Callable[[], datetime] = utc_now) -> None:
        self.brands = brands
        self.cache = cache
        self.clock = clock

    @transactional
    def add(self, facts: BrandFacts) -> int:
        """The id of the new brand. Raises `BrandNameTaken`, `UnknownMedia`."""
        brand = Brand()
        brand.describe(facts)
        self.brands.write(brand)
        show_brand(brand)
        return brand.id

    @transactional
    def change(self, brand_id: int, facts: BrandFacts, *, version: int) -> None:
        """Raises `BrandNotFound`, `StaleVersion`, `BrandNameTaken`, `UnknownMedia`."""
        brand = self.brands.of_id(brand_id)
        check_version(brand, version)
        renamed = brand.name != facts.name
        brand.describe(facts)
        self.brands.write(brand)
        show_brand(brand)
        if renamed:
            self.brands.rename_on_products(brand)
            tell_changed(self.brands.products_of(brand_id), at=self.clock())
        after_commit(self.cache.forget)

    @transactional
    def archive(self, brand_id: int, *, version: int, now: datetime) -> None:
        """Its name is free again. Raises `BrandNotFound`, `StaleVersion`, `BrandInUse`."""
        brand = self.brands.of_id(brand_id)
        check_version(brand, version)
        if self.brands.is_worn(brand_id):
            raise BrandInUse
        brand.archive(at=now)
        after_commit(self.cache.forget)
