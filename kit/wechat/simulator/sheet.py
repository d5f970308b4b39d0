"""Bills as WeChat writes them: UTF-8 with a mark, CRLF, plain headers, every cell behind a back-tick, money in yuan."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from kit.wechat.simulator.clock import BEIJING


def sheet(headers: Sequence[str], rows: Iterable[Sequence[str]], summary: dict[str, str]) -> bytes:
    """Details, then one line that sums them up, each under its own header."""
    lines = [",".join(headers), *map(ticked, rows), ",".join(summary), ticked(list(summary.values()))]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def ticked(cells: Sequence[str]) -> str:
    # Not quoted: a comma in a description stays a comma, and only the back-tick tells cells apart.
    return ",".join("`" + " ".join(cell.splitlines()) for cell in cells)


def yuan(fen: int) -> str:
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02d}"


def fee_yuan(fen: int) -> str:
    """Fees have five decimals in the trade bill."""
    return yuan(fen) + "000"


def moment(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S") if at else ""
