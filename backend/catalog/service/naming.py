"""Brand and tags of an edit, found and held before the product is written."""

from __future__ import annotations

from dataclasses import replace

from backend.catalog.domain.facts import ProductFacts
from backend.catalog.domain.said import UNSAID
from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.tag import TagRepository


class Naming:
    """What products are called after."""

    def __init__(self, brands: BrandRepository, tags: TagRepository) -> None:
        self.brands = brands
        self.tags = tags

    def resolve(self, facts: ProductFacts) -> ProductFacts:
        """`facts` with the brand's id and its name as it is written; an unknown name becomes a new brand.

        Raises `BrandNotFound`, `TagNotFound`.
        """
        if facts.tag_ids is not UNSAID:
            self.tags.hold(facts.tag_ids)
        if facts.brand_id is not None:
            brand = self.brands.hold_live(facts.brand_id)
        elif facts.brand:
            brand = self.brands.called([facts.brand])[facts.brand]
        else:
            return facts
        return replace(facts, brand_id=brand.id, brand=brand.name)
