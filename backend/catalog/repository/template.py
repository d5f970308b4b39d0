"""Spec templates, loaded for change."""

from __future__ import annotations

from sqlalchemy import select

from backend.catalog.domain.error import TemplateNameTaken, TemplateNotFound
from backend.catalog.domain.template import SpecTemplate
from kit.db.error import duplicate_is
from kit.repository.base import Repository


class TemplateRepository(Repository[SpecTemplate]):
    """The templates of all categories."""

    entity = SpecTemplate

    def of_id(self, template_id: int) -> SpecTemplate:
        """The template as it is now. Raises `TemplateNotFound`."""
        query = select(SpecTemplate).where(SpecTemplate.id == template_id)
        template = self.first(query.execution_options(populate_existing=True))
        if template is None:
            raise TemplateNotFound
        return template

    def write(self, template: SpecTemplate) -> None:
        """Add or update now. Raises `TemplateNameTaken`."""
        self.add(template)
        with duplicate_is(TemplateNameTaken(name=template.name)):
            self.flush()
