"""What a product answers to, and how strongly."""

from __future__ import annotations

from typing import Any

from backend.catalog.domain.search.document import (
    BRAND,
    CATEGORY,
    MOST_IMPACT,
    MOST_TERMS,
    PARAMETER,
    SELLING_POINT,
    TITLE,
    SearchDocument,
    key_of,
    packed,
)


def impacts(*fields: tuple[str, int], **over: Any) -> dict[str, int]:
    return SearchDocument(product_id=1, fields=fields, **over).impacts()


def test_a_word_beats_a_word_inside_a_word_beats_a_pair_beats_a_character() -> None:
    found = impacts(("纯棉四件套", TITLE))
    assert found["四件套"] == 1000
    assert found["四件"] == 600
    assert found["棉四"] == 350
    assert found["套"] == 200


def test_fields_weigh_differently_and_add_up() -> None:
    assert impacts(("羊毛", TITLE))["羊毛"] == 1000
    assert impacts(("羊毛", SELLING_POINT))["羊毛"] == 250
    assert impacts(("羊毛", PARAMETER))["羊毛"] == 120
    assert impacts(("羊毛", TITLE), ("羊毛", PARAMETER))["羊毛"] == 1120
    assert impacts(("羊毛 羊毛 羊毛", TITLE))["羊毛"] == 1000


def test_single_characters_count_only_where_things_are_named() -> None:
    assert "羊" in impacts(("羊毛", TITLE))
    assert "羊" not in impacts(("羊毛", SELLING_POINT))


def test_a_name_ends_in_what_the_thing_is() -> None:
    found = impacts(
        ("20寸全铝登机箱 新款", TITLE), ("功能箱包", CATEGORY), ("小被子", BRAND), ("床头灯", SELLING_POINT)
    )
    assert {term for term in found if term.startswith("$")} == {"$箱", "$款", "$包", "$被"}


def test_latin_words_are_found_by_their_beginning() -> None:
    found = impacts(("MUJI制造商", BRAND))
    assert found["muji"] == 900
    assert (found["mu"], found["muj"]) == (360, 360)
    assert "m" not in found


def test_measures_are_found_with_and_without_their_unit() -> None:
    found = impacts(("曲奇 520克", TITLE))
    assert (found["520g"], found["520"]) == (1000, 500)


def test_codes_are_found_whole_and_apart_from_words() -> None:
    found = impacts(("羊毛", TITLE), codes=("FRUIT-001", "fruit-001", "6901234567892"))
    assert {term: impact for term, impact in found.items() if term.startswith("#")} == {
        "#fruit-001": MOST_IMPACT,
        "#6901234567892": MOST_IMPACT,
    }


def test_each_doubling_of_the_sales_counts_a_little_and_sold_out_halves() -> None:
    assert [impacts(("羊毛", TITLE), sales=sales)["羊毛"] for sales in (0, 1, 3, 1000, 10**12)] == [
        1000, 1040, 1080, 1360, 2000,
    ]  # fmt: skip
    assert impacts(("羊毛", TITLE), in_stock=False)["羊毛"] == 500
    # An index that was rebuilt for each sale would be busy with nothing else.
    assert impacts(("羊毛", TITLE), sales=600) == impacts(("羊毛", TITLE), sales=700)


def test_a_text_without_end_keeps_to_the_strongest_terms() -> None:
    endless = "".join(chr(0x4E00 + number) for number in range(5000))
    found = impacts(("羊毛", TITLE), (endless, PARAMETER))
    assert len(found) == MOST_TERMS
    assert found["羊毛"] == 1000
    assert max(len(term) for term in impacts(("x" * 10_000, TITLE))) == 32


def test_a_document_is_packed_strongest_first_in_digits_of_one_width() -> None:
    assert packed({"羊毛": 7, "#a-1": MOST_IMPACT, "羊": 7}) == "\n#a-1\t100000\n羊\t000007\n羊毛\t000007".encode()
    assert packed({}) == b""


def test_a_term_s_key_stands_in_no_other_place() -> None:
    found = impacts(("100 a100 羊毛100g 羊毛", TITLE), codes=("a\t100", "b 1", "c\n羊\t1", "fine"))
    whole = packed(found)
    assert [whole.count(key_of(term)) for term in found] == [1] * len(found)
    assert [term for term in found if term.startswith("#")] == ["#fine"]
