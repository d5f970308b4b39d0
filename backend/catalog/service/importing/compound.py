"""The meaning of a cell with several values: names of categories or tags, pairs of a spec or parameters, pictures."""

from __future__ import annotations

from backend.catalog.domain.error import SpecMalformed
from backend.catalog.domain.facts import MAX_GALLERY, MAX_PARAMETERS
from backend.catalog.domain.spec import MAX_SPEC_NAMES, NamedValue, Spec
from backend.catalog.domain.tag import MAX_TAGS
from backend.catalog.domain.tree import MAX_LEVELS
from backend.catalog.service.importing.cells import clean, picture
from backend.catalog.service.importing.exact import pairs_in, texts_in
from backend.catalog.service.importing.fault import BadCell
from kit.domain.words import Words

_PARAMETERS_BEGIN, _PARAMETERS_FORM = (
    Words("参数须以“名称:值”开头，名称最多 30 个字", "Not 'name:value', the name having at most 30 characters"),
    Words("写法：材质:100%棉;产地:中国", "Write it like 材质:100%棉;产地:中国"),
)
_SPEC_FORM = Words(
    "写法：规格:500g;口味:原味（英文冒号和分号）", "Write it like 规格:500g;口味:原味, with ASCII : and ;"
)


def category(cell: str) -> tuple[str, ...]:
    """``居家/被枕`` → the path from the root."""
    names = _exact_texts(cell) or tuple(name.strip() for name in cell.split("/"))
    if not all(names):
        raise BadCell(
            Words("类目为空或有空的层级", "No category, or one of its levels is empty"),
            Words("写法：一级/二级，例如 居家/被枕", "Write it like 居家/被枕, the upper level first"),
        )
    if len(names) > MAX_LEVELS:
        raise BadCell(
            Words(
                f"类目有 {len(names)} 级，最多 {MAX_LEVELS} 级",
                f"{len(names)} levels of categories, at most {MAX_LEVELS} are possible",
            ),
            Words("请减少层级", "Leave levels out"),
        )
    if max(map(len, names)) > 50:
        raise BadCell(
            Words("类目名过长，每级最多 50 个字", "A category's name has at most 50 characters"),
            Words("请缩短", "Shorten it"),
        )
    return names


def spec(cell: str) -> Spec:
    """``规格:1.5m床垫*1+枕头*2;颜色:浅杏粉``; a value may contain colons, not semicolons."""
    pairs = []
    for name, value in _exact_pairs(cell) or _segments(cell):
        if not (name and value):
            raise BadCell(Words("规格须由“名称:值”组成", "A spec is made of 'name:value'"), _SPEC_FORM)
        if len(name) > 20 or len(value) > 60:
            raise BadCell(
                Words(
                    "规格名最多 20 个字，规格值最多 60 个字",
                    "The name of a spec has at most 20 characters, its value 60",
                ),
                Words("请缩短", "Shorten it"),
            )
        pairs.append(NamedValue(name, value))
    if len(pairs) > MAX_SPEC_NAMES:
        raise BadCell(
            Words(
                f"规格有 {len(pairs)} 项，最多 {MAX_SPEC_NAMES} 项",
                f"{len(pairs)} parts of a spec, at most {MAX_SPEC_NAMES} are possible",
            ),
            Words("请合并", "Combine some"),
        )
    try:
        return Spec(tuple(pairs))
    except SpecMalformed:
        raise BadCell(
            Words("规格名重复", "A name of the spec stands twice"), Words("每个规格名只写一次", "Write each name once")
        ) from None


def tags(cell: str) -> frozenset[str]:
    """``新品;热卖``."""
    names = _exact_texts(cell) or tuple(name.strip() for name in cell.split(";"))
    found = frozenset(name for name in names if name)
    if len(found) > MAX_TAGS or any(len(name) > 30 for name in found):
        raise BadCell(
            Words(
                f"最多 {MAX_TAGS} 个标签，每个最多 30 个字", f"At most {MAX_TAGS} tags of at most 30 characters each"
            ),
            Words("写法：新品;热卖", "Write it like 新品;热卖"),
        )
    return found


def parameters(cell: str) -> tuple[NamedValue, ...]:
    """``材质:100%棉;提示:手洗;不可漂白``: a segment that begins no pair belongs to the value before it."""
    exact = _exact_pairs(cell, multiline=True)
    pairs = _parameters(cell) if exact is None else [NamedValue(name, value) for name, value in exact]
    if any(not 0 < len(pair.name) <= 30 for pair in pairs):
        raise BadCell(_PARAMETERS_BEGIN, _PARAMETERS_FORM)
    if len(pairs) > MAX_PARAMETERS or any(len(pair.value) > 1000 for pair in pairs):
        raise BadCell(
            Words(
                f"最多 {MAX_PARAMETERS} 项参数，每项的值最多 1000 个字",
                f"At most {MAX_PARAMETERS} parameters of at most 1000 characters each",
            ),
            Words("请精简", "Make it shorter"),
        )
    return tuple(pairs)


def gallery(cell: str) -> tuple[str, ...]:
    """Addresses with spaces between them."""
    urls = tuple(picture(address) for address in clean(cell, multiline=True).split())
    if len(urls) > MAX_GALLERY:
        raise BadCell(
            Words(
                f"图集有 {len(urls)} 张，最多 {MAX_GALLERY} 张",
                f"{len(urls)} pictures in the gallery, at most {MAX_GALLERY} are possible",
            ),
            Words("请减少图片", "Leave some out"),
        )
    return urls


def _exact_texts(cell: str) -> tuple[str, ...] | None:
    """As `texts_in`, readable ones: JSON can write as an escape what a cell may not contain."""
    found = texts_in(clean(cell))
    return None if found is None else tuple(clean(text) for text in found)


def _exact_pairs(cell: str, *, multiline: bool = False) -> list[tuple[str, str]] | None:
    """As `pairs_in`, of readable texts."""
    found = pairs_in(clean(cell, multiline=multiline))
    return None if found is None else [(clean(name), clean(value, multiline=multiline)) for name, value in found]


def _parameters(cell: str) -> list[NamedValue]:
    pairs: list[NamedValue] = []
    for segment in cell.split(";"):
        name, colon, value = (part.strip() for part in segment.partition(":"))
        if colon and 0 < len(name) <= 30:
            pairs.append(NamedValue(name, value))
        elif pairs and segment.strip():
            before = pairs.pop()
            pairs.append(NamedValue(before.name, f"{before.value};{segment.strip()}"))
        elif segment.strip():
            raise BadCell(_PARAMETERS_BEGIN, _PARAMETERS_FORM)
    return pairs


def _segments(cell: str) -> list[tuple[str, str]]:
    parts = [segment.partition(":") for segment in cell.split(";")]
    return [(name.strip(), value.strip()) for name, _, value in parts]
