"""The meaning of each column: text of a cell in, value out, or `BadCell` saying what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from backend.catalog.domain.barcode import check_bar_code
from backend.catalog.domain.error import BarCodeWrong, DetailTooLong, SpecMalformed
from backend.catalog.domain.rich_text import clean_detail
from backend.catalog.domain.spec import MAX_SPEC_NAMES, NamedValue, Spec
from backend.catalog.domain.tag import MAX_TAGS
from backend.catalog.domain.tree import MAX_LEVELS
from backend.catalog.service.importing.exact import pairs_in, texts_in
from backend.catalog.service.importing.fault import BadCell
from backend.catalog.service.zone import SHOP_ZONE
from kit.domain.money import NotAnAmount, fen_from_yuan
from kit.domain.words import Words
from kit.intake.record import FlawedCell
from kit.schema.picture import REFERENCE, Picture, Video
from kit.storage.port import is_key

Parse = Callable[[str], Any]

# Lone surrogates as in `kit.schema.fields`: JSON can carry them, no database can.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BREAK = re.compile(r"[\t\r\n\u2028\u2029]")
_CODE = re.compile(r"[A-Za-z0-9_\-.]{1,56}")
# Decimal alone would also read 1_000, 1e3 and full-width digits.
_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_COUNT = re.compile(r"[0-9]{1,8}")
_WHOLE = re.compile(r"-?[0-9]{1,8}")
_URL = re.compile(r"https?://\S{3,}", re.IGNORECASE)
_LONGEST_URL = 500
_MOMENT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(:\d{2}(?:\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_BAR_CODE = re.compile(r"[A-Za-z0-9_\-.]{1,32}")
_FREIGHT_CLASS = re.compile(r"[A-Za-z0-9_\-.]{0,30}")
MAX_STOCK = 1_000_000
_MAX_GALLERY, _MAX_PARAMETERS = 20, 60
_PARAMETERS_BEGIN, _PARAMETERS_FORM = (
    Words("参数须以“名称:值”开头，名称最多 30 个字", "Not 'name:value', the name having at most 30 characters"),
    Words("写法：材质:100%棉;产地:中国", "Write it like 材质:100%棉;产地:中国"),
)
_SPEC_FORM = Words(
    "写法：规格:500g;口味:原味（英文冒号和分号）", "Write it like 规格:500g;口味:原味, with ASCII : and ;"
)


def clean(cell: str, *, multiline: bool = False) -> str:
    """`cell`, if it is readable text."""
    if isinstance(cell, FlawedCell):
        raise BadCell(cell.reason, cell.remedy)
    if is_garbled(cell):
        raise BadCell(
            Words("不是 UTF-8 编码", "Not UTF-8"), Words("请将文件另存为“CSV UTF-8”", "Save the file as 'CSV UTF-8'")
        )
    if "\x00" in cell:
        raise BadCell(
            Words("含有空字符（NUL）", "It contains NUL characters"),
            Words("文件可能已损坏，请重新导出", "The file may be damaged; export it again"),
        )
    if _CONTROL.search(cell) or (not multiline and _BREAK.search(cell)):
        raise BadCell(
            Words("含有换行或控制字符", "It contains line breaks or control characters"),
            Words("请改成一行普通文字", "Make it one line of plain text"),
        )
    return cell


def line(longest: int, *, required: bool = False) -> Parse:
    """One line of text."""

    def parse(cell: str) -> str:
        text = clean(cell)
        if required and not text:
            raise BadCell(Words("不能为空", "It is empty"), Words("请填写", "Fill it in"))
        if len(text) > longest:
            raise BadCell(
                Words(
                    f"有 {len(text)} 个字，最多 {longest} 个", f"{len(text)} characters, at most {longest} are possible"
                ),
                Words("请缩短", "Shorten it"),
            )
        return text

    return parse


def code(cell: str) -> str:
    """A product code."""
    if not _CODE.fullmatch(clean(cell)):
        raise BadCell(
            Words("编号须为 1–56 个字母、数字或 - _ .", "A code is 1 to 56 letters, digits or - _ ."),
            Words("请改正编号", "Correct the code"),
        )
    return cell


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


def yuan(cell: str) -> int:
    """A price in yuan → fen."""
    if not _YUAN.fullmatch(clean(cell)):
        raise BadCell(
            Words("不是金额（元，最多两位小数）", "Not an amount in yuan with at most two decimals"),
            Words("例如 899 或 899.00", "Such as 899 or 899.00"),
        )
    try:
        return fen_from_yuan(cell)
    except NotAnAmount:
        raise BadCell(
            Words("金额过大，最多 1 亿元", "Too large, at most 100 million yuan"),
            Words("请改正金额", "Correct the amount"),
        ) from None


def optional(parse: Parse) -> Parse:
    """What `parse` reads, or None for an empty cell."""
    return lambda cell: parse(cell) if cell or isinstance(cell, FlawedCell) else None


def stock(cell: str) -> int:
    """A number of units."""
    if not _COUNT.fullmatch(clean(cell)) or int(cell) > MAX_STOCK:
        raise BadCell(
            Words(f"库存须为 0–{MAX_STOCK} 的整数", f"Stock is a whole number from 0 to {MAX_STOCK}"),
            Words("例如 100", "Such as 100"),
        )
    return int(cell)


def count(least: int, most: int) -> Parse:
    """A whole number."""

    def parse(cell: str) -> int:
        if not _WHOLE.fullmatch(clean(cell)) or not least <= int(cell) <= most:
            raise BadCell(
                Words(f"须为 {least}–{most} 的整数", f"Not a whole number from {least} to {most}"),
                Words(f"例如 {max(least, 500)}，或留空", f"Such as {max(least, 500)}, or nothing"),
            )
        return int(cell)

    return parse


def bar_code(cell: str) -> str:
    """A bar code; EAN and UPC with their check digit."""
    if not _BAR_CODE.fullmatch(clean(cell)):
        raise BadCell(
            Words("条形码须为 1–32 个字母、数字或 - _ .", "A bar code is 1 to 32 letters, digits or - _ ."),
            Words("请改正，或留空", "Correct it, or leave it empty"),
        )
    try:
        check_bar_code(cell)
    except BarCodeWrong as wrong:
        raise BadCell(wrong.in_words(), Words("请核对条形码", "Check the bar code")) from None
    return cell


def freight_class(cell: str) -> str:
    """A code of the freight rules, or nothing."""
    if not _FREIGHT_CLASS.fullmatch(clean(cell)):
        raise BadCell(
            Words("运费类别须为最多 30 个字母、数字或 - _ .", "A freight class is at most 30 letters, digits or - _ ."),
            Words("请改正，或留空", "Correct it, or leave it empty"),
        )
    return cell


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


def detail(cell: str) -> str:
    """HTML, reduced to what a product page may show."""
    try:
        return clean_detail(clean(cell, multiline=True))
    except DetailTooLong as too_long:
        raise BadCell(too_long.in_words(), Words("请精简", "Make it shorter")) from None


def yes_or_no(cell: str) -> bool:
    """是 or 否."""
    if cell not in ("是", "否"):
        clean(cell)
        raise BadCell(
            Words("只能填“是”或“否”", "Neither 是 (yes) nor 否 (no)"), Words("请改为 是 或 否", "Write 是 or 否")
        )
    return cell == "是"


def parameters(cell: str) -> tuple[NamedValue, ...]:
    """``材质:100%棉;提示:手洗;不可漂白``: a segment that begins no pair belongs to the value before it."""
    exact = _exact_pairs(cell, multiline=True)
    pairs = _parameters(cell) if exact is None else [NamedValue(name, value) for name, value in exact]
    if any(not 0 < len(pair.name) <= 30 for pair in pairs):
        raise BadCell(_PARAMETERS_BEGIN, _PARAMETERS_FORM)
    if len(pairs) > _MAX_PARAMETERS or any(len(pair.value) > 1000 for pair in pairs):
        raise BadCell(
            Words(
                f"最多 {_MAX_PARAMETERS} 项参数，每项的值最多 1000 个字",
                f"At most {_MAX_PARAMETERS} parameters of at most 1000 characters each",
            ),
            Words("请精简", "Make it shorter"),
        )
    return tuple(pairs)


def _address(cell: str, extensions: frozenset[str], example: str) -> str:
    """An address, or nothing. A file of our own is written as ``media:<key>``, as exports have it."""
    if clean(cell).startswith(REFERENCE):
        key = cell.removeprefix(REFERENCE)
        if not is_key(key) or key.rpartition(".")[2] not in extensions:
            shape = f"media:….{'/'.join(sorted(extensions))}"
            raise BadCell(
                Words("不是媒体库的引用", "Not a reference to an uploaded file"),
                Words(f"请复制上传后返回的 {shape}", f"Copy what the upload has answered, {shape}"),
            )
    elif cell and not (len(cell) <= _LONGEST_URL and _URL.fullmatch(cell)):
        raise BadCell(
            Words(
                "不是 http(s) 地址（最多 500 个字符，不含空格）",
                "Not an http(s) address of at most 500 characters without spaces",
            ),
            Words(f"例如 https://img.example.com/{example}", f"Such as https://img.example.com/{example}"),
        )
    return cell


def picture(cell: str) -> str:
    """The address of a picture, or nothing."""
    return _address(cell, Picture.extensions, "a.jpg")


def video(cell: str) -> str:
    """The address of a video, or nothing."""
    return _address(cell, Video.extensions, "a.mp4")


def moment(cell: str) -> datetime:
    """``2026-12-01 08:00``, by the clock of the shop where no offset is written; to the millisecond."""
    found = _MOMENT.fullmatch(clean(cell))
    at = None if found is None else _at(found)
    if at is None:
        raise BadCell(
            Words("不是时间", "Not a time"),
            Words("例如 2026-12-01 08:00（北京时间），或留空", "Such as 2026-12-01 08:00 (Beijing time), or nothing"),
        )
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def gallery(cell: str) -> tuple[str, ...]:
    """Addresses with spaces between them."""
    urls = tuple(picture(address) for address in clean(cell, multiline=True).split())
    if len(urls) > _MAX_GALLERY:
        raise BadCell(
            Words(
                f"图集有 {len(urls)} 张，最多 {_MAX_GALLERY} 张",
                f"{len(urls)} pictures in the gallery, at most {_MAX_GALLERY} are possible",
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


def _at(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, offset = found.groups("")
    try:
        at = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}{second or ':00'}{offset}")
    except ValueError:
        return None
    # The API takes the same years.
    return (at if at.tzinfo else at.replace(tzinfo=SHOP_ZONE)).astimezone(UTC) if 2000 <= at.year < 2100 else None


def is_garbled(cell: str) -> bool:
    """True when the bytes of `cell` were no text."""
    return any("\udc80" <= sign <= "\udcff" for sign in cell)
