"""Staff read brands, tags and spec templates, straight from SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import scoped_session

from backend.catalog.domain.brand import Brand
from backend.catalog.domain.error import BrandNotFound, TagNotFound, TemplateNotFound
from backend.catalog.domain.naming import name_key
from backend.catalog.domain.tag import Tag
from backend.catalog.domain.template import SpecTemplate
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_BRANDS = Keyset((Brand.sort_order.expression, Brand.id.expression), ("sort_order", "id"), descending=False)
_TAGS = Keyset((Tag.sort_order.expression, Tag.id.expression), ("sort_order", "id"), descending=False)
_TEMPLATES = Keyset((SpecTemplate.id.expression,), ("id",), descending=False)


class NamingQuery:
    """Lists in order of display; `name` finds the one that is called so, whatever its upper and lower case."""

    def __init__(self, session: scoped_session[Any] | None = None) -> None:
        self.session: scoped_session[Any] = session or db.session

    def brands(self, page: PageRequest, *, name: str | None = None) -> Page[Row[Any]]:
        """Live brands."""
        query = _live_brands()
        if name is not None:
            query = query.where(Brand.live_key == name_key(name))
        return fetch_page(self.session, query, _BRANDS, page)

    def brand(self, brand_id: int) -> Row[Any]:
        """A live brand. Raises `BrandNotFound`."""
        row = self.session.execute(_live_brands().where(Brand.id == brand_id)).first()
        if row is None:
            raise BrandNotFound
        return row

    def tags(self, page: PageRequest, *, name: str | None = None) -> Page[Row[Any]]:
        """Tags."""
        query = select(*Tag.__table__.columns)
        if name is not None:
            query = query.where(Tag.name_key == name_key(name))
        return fetch_page(self.session, query, _TAGS, page)

    def tag(self, tag_id: int) -> Row[Any]:
        """A tag. Raises `TagNotFound`."""
        row = self.session.execute(select(*Tag.__table__.columns).where(Tag.id == tag_id)).first()
        if row is None:
            raise TagNotFound
        return row

    def templates(self, page: PageRequest, *, category_id: int | None = None) -> Page[Row[Any]]:
        """Templates, of one very category or of all, oldest first."""
        query = select(*SpecTemplate.__table__.columns)
        if category_id is not None:
            query = query.where(SpecTemplate.category_id == category_id)
        return fetch_page(self.session, query, _TEMPLATES, page)

    def template(self, template_id: int) -> Row[Any]:
        """A template. Raises `TemplateNotFound`."""
        query = select(*SpecTemplate.__table__.columns).where(SpecTemplate.id == template_id)
        row = self.session.execute(query).first()
        if row is None:
            raise TemplateNotFound
        return row


def _live_brands() -> Select[*tuple[Any, ...]]:
    return select(*Brand.__table__.columns).where(Brand.archived_at.is_(None))
