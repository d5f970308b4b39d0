"""Where a picture may stand an address may stand, or the reference of an upload, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from kit.schema.picture import Picture, Video

KEY = "5f0c1f0e9a7b4c3d2e1f0a9b8c7d6e5f"


class Shown(Schema):
    picture = Picture()
    maybe = Picture(empty=True, allow_none=True)
    video = Video()


@pytest.mark.parametrize(
    "sent",
    [
        {"picture": "https://img.example.com/a.jpg"},
        {"picture": "http://127.0.0.1:8000/a"},
        {"picture": f"media:{KEY}.jpg"},
        {"picture": f"media:{KEY}.png"},
        {"picture": f"media:{KEY}.webp"},
        {"maybe": ""},
        {"maybe": None},
        {"maybe": f"media:{KEY}.jpg"},
        {"video": f"media:{KEY}.mp4"},
        {"video": "https://img.example.com/a.mp4"},
    ],
)
def test_addresses_and_references_pass_as_they_are(sent: dict[str, Any]) -> None:
    assert Shown().load(sent) == sent


@pytest.mark.parametrize(
    "sent",
    [
        {"picture": ""},
        {"picture": None},
        {"picture": 7},
        {"picture": ["media:"]},
        {"picture": "media:"},
        {"picture": f"media:{KEY}"},
        {"picture": f"media:{KEY}.mp4"},
        {"picture": f"media:{KEY}.w200"},
        {"picture": f"media:{KEY.upper()}.jpg"},
        {"picture": f"media:{KEY}.jpg\n"},
        {"picture": f"media:{KEY}.jpg\x00"},
        {"picture": "media:../../etc/passwd"},
        {"picture": f" media:{KEY}.jpg"},
        {"picture": f"MEDIA:{KEY}.jpg"},
        {"picture": "javascript:alert(1)"},
        {"picture": "data:image/png;base64,AAAA"},
        {"picture": "https://a.cn/" + "x" * 500},
        {"picture": "\ud800"},
        {"video": f"media:{KEY}.jpg"},
    ],
)
def test_anything_else_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Shown().load(sent)
    assert set(refused.value.messages_dict) == set(sent)
