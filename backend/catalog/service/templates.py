"""Staff keep spec templates."""

from __future__ import annotations

from backend.catalog.domain.template import SpecTemplate, TemplateFacts
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.template import TemplateRepository
from kit.domain.version import check_version
from kit.service.transaction import transactional


class Templates:
    """Adds, changes and removes."""

    def __init__(self, templates: TemplateRepository, categories: CategoryRepository) -> None:
        self.templates = templates
        self.categories = categories

    @transactional
    def add(self, facts: TemplateFacts) -> int:
        """The id of the new template. Raises `CategoryNotFound`, `TemplateNameTaken`."""
        self.categories.hold_live(facts.category_id)
        template = SpecTemplate()
        template.describe(facts)
        self.templates.write(template)
        return template.id

    @transactional
    def change(self, template_id: int, facts: TemplateFacts, *, version: int) -> None:
        """Raises `TemplateNotFound`, `StaleVersion`, and as `add` does."""
        template = self.templates.of_id(template_id)
        check_version(template, version)
        self.categories.hold_live(facts.category_id)
        template.describe(facts)
        self.templates.write(template)

    @transactional
    def remove(self, template_id: int, *, version: int) -> None:
        """Products made from it keep their SKUs. Raises `TemplateNotFound`, `StaleVersion`."""
        template = self.templates.of_id(template_id)
        check_version(template, version)
        self.templates.remove(template)
