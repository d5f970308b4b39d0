"""Phone numbers of mainland China: what a parcel service can call."""

from __future__ import annotations

import re

from backend.user.domain.error import PhoneInvalid

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0[1-9][0-9]{1,2})-?([2-9][0-9]{6,7})(?:-([0-9]{1,6}))?")
_COUNTRY = re.compile(r"^(?:\+86|0086)[ -]?")


def contact_phone(text: str) -> str:
    """A mobile number as 11 digits, a landline as ``0571-87654321`` with ``-extension``. Raises `PhoneInvalid`."""
    number = _COUNTRY.sub("", text.strip())
    mobile = number.replace(" ", "").replace("-", "")
    if _MOBILE.fullmatch(mobile):
        return mobile
    landline = _LANDLINE.fullmatch(number.replace(" ", "-"))
    if landline is None:
        raise PhoneInvalid.naming("phone")
    return "-".join(part for part in landline.groups() if part)


def masked_phone(phone: str | None) -> str | None:
    """Enough to recognise one's own: ``138****8000``."""
    if phone is None:
        return None
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 10 else "****"
