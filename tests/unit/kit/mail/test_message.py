"""A mail has the headers we gave it, and no others."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.mail.message import Attachment, Mail, UnsafeMail, is_address

MAIL = {"to": "lin@example.cn", "subject": "您的订单", "text": "你好\n", "reference": "report-7"}
HOSTILE = [
    "",
    "lin",
    "@example.cn",
    "lin@",
    "lin@localhost",
    "lin@example.cn\r\nBcc: all@example.cn",
    "lin@example.cn\nBcc: all@example.cn",
    "lin@example.cn\n",
    "lin@example.cn\x00",
    " lin@example.cn",
    "lin@example.cn, eve@example.cn",
    "lin@example.cn;eve@example.cn",
    "Lin <lin@example.cn>",
    "<lin@example.cn>",
    '"lin eve"@example.cn',
    "lin@eve@example.cn",
    "lin@[127.0.0.1]",
    "lin..x@example.cn",
    ".lin@example.cn",
    "lin.@example.cn",
    "lin@-example.cn",
    "lin@example..cn",
    "lin@example.c",
    "lin@例子.cn",
    "林@example.cn",
    "a" * 65 + "@example.cn",
    "a@" + "b." * 130 + "cn",
    "lin@example.cn SIZE=1",
    "lin%0d%0aRCPT@",
]


@pytest.mark.parametrize(
    "address", ["lin@example.cn", "lin.xiaoman+shop@mail.example.co.uk", "a@b.cn", "o'neil_1@x-y.com"]
)
def test_a_plain_address_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize("address", HOSTILE)
def test_anything_else_is_none_and_makes_no_mail(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(UnsafeMail):
        Mail(**MAIL | {"to": address})


@given(st.text())
def test_no_address_has_a_space_or_a_break(text: str) -> None:
    assert not is_address(text) or (text.isascii() and text.isprintable() and " " not in text)


@pytest.mark.parametrize("field", ["subject", "reference"])
@pytest.mark.parametrize("text", ["a\r\nBcc: x@example.cn", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\ud800"])
def test_a_header_cannot_be_broken_out_of(field: str, text: str) -> None:
    with pytest.raises(UnsafeMail):
        Mail(**MAIL | {field: text})
    with pytest.raises(UnsafeMail):
        Mail(**MAIL, attachments=(Attachment(filename=text, mimetype="text/csv", content=b""),))


def test_the_message_as_a_reader_sees_it() -> None:
    content = '\ufeff"订单号"\r\n.\r\n'.encode()
    mail = Mail(**MAIL, attachments=(Attachment(filename="我的订单.csv", mimetype="text/csv", content=content),))
    sent = mail.as_bytes(sender="shop@example.cn", sender_name="起源小店", at=datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert sent.isascii()
    assert b"\n" not in sent.replace(b"\r\n", b"")
    read: Any = message_from_bytes(sent, policy=default)
    assert sorted(key for key in read if key not in ("MIME-Version", "Content-Type")) == [
        "Auto-Submitted",
        "Date",
        "From",
        "Message-ID",
        "Subject",
        "To",
    ]
    assert (read["To"], read["Subject"], read["Message-ID"]) == ("lin@example.cn", "您的订单", "<report-7@example.cn>")
    assert str(read["From"]) == "起源小店 <shop@example.cn>"
    assert read.get_body().get_content().splitlines() == ["你好"]
    (attached,) = read.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("我的订单.csv", "text/csv")
    assert attached.get_payload(decode=True) == content
