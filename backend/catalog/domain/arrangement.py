"""Lists that staff put in order as a whole, and the version of each: the sections of the home page, the hot words."""

from __future__ import annotations

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import Code
from kit.domain.entity import Entity

FIRST_VERSION = 1
HOT_WORDS = "hot_words"


class Arrangement(Entity):
    """One list. The row is its lock: what somebody has counted or put in order still holds when they write it.

    Not an aggregate: two who add to one list wait for each other, and neither of them is refused.
    """

    __tablename__ = "cat_arrangement"

    name: Mapped[str] = mapped_column(Code(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
