"""The meaning of a cell with one value: text in, value out, or `BadCell` saying what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from backend.catalog.domain.barcode import check_bar_code
from backend.catalog.domain.error import BarCodeWrong, DetailTooLong
from backend.catalog.domain.rich_text import clean_detail
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
