"""Staff keep spec templates."""

from __future__ import annotations

from typing import Any

from backend.catalog.domain.template import SpecTemplate
from backend.catalog.domain.version import check_version
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.template import TemplateRepository
from kit.service.transaction import transactional


class Templates:
    """Adds, changes and removes; `specs` are ``[{"name": "颜色", "values": ["红", "蓝"]}, …]``."""

    def __init__(self, templates: TemplateRepository, categories: CategoryRepository) -> None:
        self.templates = templates
        self.categories = categories

    @transactional
    def add(self, *, category_id: int, name: str, specs: list[dict[str, Any]]) -> int:
        """The id of the new template. Raises `CategoryNotFound`, `TemplateNameTaken`."""
        self.categories.hold_live(category_id)
        template = SpecTemplate()
        template.describe(category_id=category_id, name=name, specs=specs)
        self.templates.write(template)
        return template.id

    @transactional
    def change(
        self, template_id: int, *, category_id: int, name: str, specs: list[dict[str, Any]], version: int
    ) -> None:
        """Raises `TemplateNotFound`, `StaleVersion`, and as `add` does."""
        template = self.templates.of_id(template_id)
        check_version(template, version)
        self.categories.hold_live(category_id)
        template.describe(category_id=category_id, name=name, specs=specs)
        self.templates.write(template)

    @transactional
    def remove(self, template_id: int) -> None:
        """Products made from it keep their SKUs. Raises `TemplateNotFound`."""
        self.templates.remove(self.templates.of_id(template_id))
