"""CSV of strangers: encodings, quotes, and lines without end."""

from __future__ import annotations

import gc
import io
import sys

import pytest

from kit.intake import csv
from kit.intake.record import Unreadable
from kit.intake.upload import read_upload

COLUMNS = ("编号", "名称", "售价")


def rows(content: bytes) -> list[list[str]]:
    reading = read_upload(io.BytesIO(content), COLUMNS)
    found = [record.cells for record in reading.records]
    assert reading.remarks == []
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_the_header_decides_the_encoding(encoding: str) -> None:
    text = '编号,名称,售价\r\n1,"苹果, 红",9.9\r\n'
    assert rows(text.encode(encoding)) == [["编号", "名称", "售价"], ["1", "苹果, 红", "9.9"]]


def test_rare_characters_of_gb18030() -> None:
    assert rows("编号,名称,售价\n1,㐂𠀀,2\n".encode("gb18030"))[1][1] == "㐂𠀀"


def test_a_header_that_is_utf8_is_never_taken_for_another() -> None:
    content = "编号,名称,售价\n".encode() + "1,苹果,2\n".encode("gbk")
    assert any("\udc80" <= sign <= "\udcff" for sign in rows(content)[1][1])


def test_too_few_known_names_prove_nothing() -> None:
    content = "编号,别的,另外\n".encode("gbk")
    assert any("\udc80" <= sign <= "\udcff" for sign in rows(content)[0][0])


@pytest.mark.parametrize("content", [b'"' + b"a" * 200_000, b'1,"open\r\n2,3\r\n', b'"a"b\n'])
def test_quotes_that_do_not_close_are_named_with_their_row(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        rows(b"x\n" + content)
    assert (refused.value.row, refused.value.reason[:8]) == (2, "从这一行起无法读")


@pytest.mark.parametrize("content", [b"," * 5000, b'"\n",' * 2000])
def test_a_row_without_end_is_not_read_into_memory(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "_MOST_OF_A_ROW", 4000)
    with pytest.raises(Unreadable) as refused:
        rows(b"x\n" + content)
    assert refused.value.row == 2


def test_a_reader_that_stops_may_close_its_file_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is broken off in the middle of its sheet: that must not end in a second error behind the first."""
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(unraisable.exc_value))
    file = io.BytesIO("编号,名称,售价\n1,苹果,2\n3,梨,4\n".encode())
    reading = read_upload(file, COLUMNS)
    assert next(reading.records).number == 1
    file.close()
    del reading
    gc.collect()
    assert told == []
