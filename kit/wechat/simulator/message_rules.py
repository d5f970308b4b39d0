"""What the fields of a subscribe message (订阅消息) may hold; a field is named after its kind: thing1, time3."""

import re

HAN = r"[\u4e00-\u9fff]"
DATE = (
    r"(\d{4}年\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}日"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2})"
)
TIME = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
TIMES, DATES = rf"({DATE} )?{TIME}", rf"{DATE}( {TIME})?"

KINDS = {
    "thing": r".{1,20}",
    "number": r"(?=.{1,32}$)[+-]?\d+(\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^0-9A-Za-z\u4e00-\u9fff\s]{1,5}",
    "character_string": r"[!-~]{1,32}",
    "time": rf"{TIMES}(~{TIMES})?",
    "date": rf"{DATES}(~{DATES})?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[0-9+\-() ]{1,17}",
    "car_number": rf"({HAN}|[0-9A-Z])[0-9A-Z]{{0,6}}({HAN}|[0-9A-Z])",
    "name": rf"(?=.*{HAN})[^\d\s]{{1,10}}|[^\d\u4e00-\u9fff]{{1,20}}",
    "phrase": rf"{HAN}{{1,5}}",
    "enum": r".{1,20}",
}
FIELD = re.compile(rf"({'|'.join(KINDS)})\d{{1,2}}")


def kind_of(field: str) -> str:
    """Empty if there is no such kind."""
    match = FIELD.fullmatch(field)
    return match[1] if match else ""


def fits(field: str, value: object) -> bool:
    kind = kind_of(field)
    return bool(kind) and isinstance(value, str) and re.fullmatch(KINDS[kind], value) is not None
