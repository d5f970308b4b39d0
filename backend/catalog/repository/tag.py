"""Tags, loaded for change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select

from backend.catalog.domain.error import TagNameTaken, TagNotFound
from backend.catalog.domain.naming import name_key
from backend.catalog.domain.tag import ProductTag, Tag, TagFacts
from kit.db.error import duplicate_is
from kit.domain.identity import new_id
from kit.repository.base import Repository


class TagRepository(Repository[Tag]):
    """The tags of the shop."""

    entity = Tag

    def of_id(self, tag_id: int) -> Tag:
        """The tag; until the commit no product is given it. Raises `TagNotFound`."""
        query = select(Tag).where(Tag.id == tag_id).with_for_update()
        tag = self.first(query.execution_options(populate_existing=True))
        if tag is None:
            raise TagNotFound
        return tag

    def products_of(self, tag_id: int) -> Sequence[int]:
        """The products that wear it."""
        return self.session.scalars(select(ProductTag.product_id).where(ProductTag.tag_id == tag_id)).all()

    def take_off_products(self, tag: Tag) -> None:
        """No product wears it any more; no version: nobody has edited these products."""
        statement = delete(ProductTag).where(ProductTag.tag_id == tag.id)
        self.session.execute(statement, execution_options={"synchronize_session": False})

    def write(self, tag: Tag) -> None:
        """Add or update now. Raises `TagNameTaken`."""
        self.add(tag)
        with duplicate_is(TagNameTaken(name=tag.name)):
            self.flush()

    def called(self, names: Iterable[str]) -> dict[str, Tag]:
        """The tag of each name; unknown ones are added, not written yet. Two spellings of one name are one tag."""
        by_key = {name_key(name): name for name in sorted(names, reverse=True)}
        query = select(Tag).where(Tag.name_key.in_(by_key)).order_by(Tag.id).with_for_update(read=True)
        found = {tag.name_key: tag for tag in (self.all(query) if by_key else ())}
        for key in sorted(by_key.keys() - found.keys()):
            found[key] = Tag(id=new_id())
            found[key].describe(TagFacts(name=by_key[key], sort_order=0))
        return {name: found[name_key(name)] for name in names}

    def names(self, tag_ids: Iterable[int]) -> dict[int, str]:
        """What these tags are called."""
        rows = self.session.execute(select(Tag.id, Tag.name).where(Tag.id.in_(set(tag_ids))))
        return {row.id: row.name for row in rows}

    def hold(self, tag_ids: Iterable[int]) -> None:
        """Until the commit nobody deletes these tags. Raises `TagNotFound` naming those that are not there."""
        wanted = sorted(tag_ids)
        query = select(Tag.id).where(Tag.id.in_(wanted)).order_by(Tag.id).with_for_update(read=True)
        missing = set(wanted) - set(self.session.scalars(query)) if wanted else set[int]()
        if missing:
            raise TagNotFound(errors={"tag_ids": [str(tag_id) for tag_id in sorted(missing)]})
