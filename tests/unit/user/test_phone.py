import pytest

from backend.user.domain.error import PhoneInvalid
from backend.user.domain.phone import contact_phone, masked_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "13800138000"),
        (" 138-0013-8000 ", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("0086-19912345678", "19912345678"),
        ("010-62345678", "010-62345678"),
        ("057187654321", "0571-87654321"),
        ("0571 87654321", "0571-87654321"),
        ("0571-87654321-8012", "0571-87654321-8012"),
    ],
)
def test_a_number_that_a_parcel_service_can_call_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert contact_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "138001380000",
        "12800138000",
        "87654321",
        "000-87654321",
        "１３８００１３８０００",
        "٠١٠٦٢٣٤٥٦٧٨",
        "phone",
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid) as refused:
        contact_phone(typed)

    assert refused.value.errors == {"phone": ["请填写正确的手机号或带区号的固定电话"]}


@pytest.mark.parametrize(("phone", "shown"), [("13800138000", "138****8000"), ("12345", "****"), (None, None)])
def test_a_masked_number_shows_enough_to_recognise_it(phone: str | None, shown: str | None) -> None:
    assert masked_phone(phone) == shown
