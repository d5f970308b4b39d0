from datetime import UTC, datetime

import pytest

from backend.user.domain.address import MAX_ADDRESSES, AddressBook, AddressDetails, CustomerAddress
from backend.user.domain.error import PhoneInvalid, TooManyAddresses

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DETAILS = AddressDetails(
    receiver="林小满", phone="13800138000", province="浙江省", city="杭州市", district="西湖区", detail="文三路 90 号"
)


def book_of(count: int) -> AddressBook:
    book = AddressBook([])
    for number in range(1, count + 1):
        book.add(7, DETAILS, at=NOW).id = number
    return book


def defaults(book: AddressBook) -> list[int]:
    return [address.id for address in book.addresses if address.is_default]


def test_the_first_address_becomes_the_default_and_later_ones_do_not() -> None:
    assert defaults(book_of(3)) == [1]


def test_choosing_a_default_leaves_exactly_one() -> None:
    book = book_of(3)

    book.make_default(book.addresses[2])

    assert defaults(book) == [3]


def test_removing_the_default_passes_it_to_the_newest() -> None:
    book = book_of(3)

    book.remove(book.addresses[0])

    assert defaults(book) == [3]


def test_removing_another_keeps_the_default() -> None:
    book = book_of(3)

    book.remove(book.addresses[2])

    assert defaults(book) == [1]


def test_removing_the_only_address_leaves_an_empty_book() -> None:
    book = book_of(1)

    book.remove(book.addresses[0])

    assert book.addresses == []


def test_a_full_book_takes_no_more() -> None:
    book = book_of(MAX_ADDRESSES)

    with pytest.raises(TooManyAddresses):
        book.add(7, DETAILS, at=NOW)

    assert (len(book.addresses), MAX_ADDRESSES) == (20, 20)


def test_a_wrong_phone_changes_nothing() -> None:
    address: CustomerAddress = book_of(1).addresses[0]
    wrong = AddressDetails(receiver="别人", phone="1", province="x", city="x", district="x", detail="x")

    with pytest.raises(PhoneInvalid):
        address.rewrite(wrong)

    assert (address.receiver, address.phone) == ("林小满", "13800138000")
